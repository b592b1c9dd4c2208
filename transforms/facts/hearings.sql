-- One row per case with a hearing request: what stands against which remedy, and what came too late.
SELECT
  case_id,
  list(DISTINCT about ORDER BY about) FILTER (state IN ('pending', 'waiting'))    AS pending_about,
  max(decided_on) FILTER (state = 'won' AND about = 'license_revocation')         AS license_won_on,
  max(requested_on) FILTER (state = 'late' AND about = 'notice_of_debt')          AS debt_requested_late_on,
  max(requested_on) FILTER (state = 'late')                                       AS requested_late_on,
  string_agg(src, ';' ORDER BY src)                                               AS hearing_src
FROM facts.request
GROUP BY case_id
