-- One row per person who owes in a case: what may be claimed of a state tax refund, and since when the parent has been
-- told of it: by the notice of debt, or, where the state has none, by a notice of its own (45 CFR 303.102(e)).
WITH
summed AS (
  SELECT
    person_id,
    list_sort(list(case_id) FILTER (counts))                                        AS cases,
    CASE WHEN count(*) = count(cents) THEN sum(cents) END                           AS cents,
    min(debt_contest_ended_on) FILTER (counts)                                      AS debt_contest_ended_on
  FROM facts.state_claims
  GROUP BY person_id
),
noticed AS (
  SELECT
    subject_id,
    coalesce(max(sent_on) FILTER (NOT came_back AND has_run), max(sent_on) FILTER (NOT came_back)) AS sent_on,
    max(sent_on) FILTER (came_back)                                                 AS came_back_on,
    nullif(array_to_string(list_sort(list_distinct(list(src) FILTER (src <> ''))), ';'), '') AS src
  FROM facts.offset_notified
  WHERE about = 'state_offset'
  GROUP BY subject_id
)
SELECT
  facts.subject_id,
  coalesce(summed.cases, CAST([] AS VARCHAR[]))                                     AS cases_counted,
  CAST(summed.cents AS BIGINT)                                                      AS claimable_cents,
  CAST(CASE WHEN cover.subject_id IS NULL THEN summed.cents ELSE cover.submit_cents END AS BIGINT) AS claim_cents,
  CASE WHEN cover.subject_id IS NULL THEN 0 ELSE CAST(summed.cents - cover.submit_cents AS BIGINT) END AS not_notified_cents,
  CASE WHEN cover.subject_id IS NULL THEN 0
    ELSE CAST(summed.cents - cover.covered_cases_cents AS BIGINT) END               AS not_notified_cases_cents,
  cover.notice_again_on,
  cover.stated_cents                                                                AS state_notice_debt_cents,
  told.sent_on                                                                      AS state_notice_on,
  CASE WHEN told.sent_on IS NOT NULL THEN true WHEN known.notices THEN false END    AS state_notice_given,
  CASE WHEN told.sent_on IS NULL THEN noticed.came_back_on END                      AS state_notice_returned_on,
  cover.subject_id IS NOT NULL                                                      AS state_notice_has_run,
  CASE WHEN CAST($challenge_days AS INTEGER) IS NULL THEN told.sent_on ELSE summed.debt_contest_ended_on END
                                                                                    AS claim_contest_from_on,
  noticed.src                                                                       AS state_notice_src
FROM facts.person_facts AS facts
CROSS JOIN facts.known AS known
JOIN summed USING (person_id)
LEFT JOIN noticed ON noticed.subject_id = facts.subject_id
LEFT JOIN facts.offset_cover AS cover ON cover.subject_id = facts.subject_id
-- Where nobody knows of a notice, a claim that stands was noticed no later than when it was told first.
LEFT JOIN facts.state_records AS record ON record.subject_id = facts.subject_id
CROSS JOIN LATERAL (
  SELECT CASE WHEN noticed.sent_on IS NULL AND noticed.came_back_on IS NULL THEN record.first_reported_on ELSE noticed.sent_on END
    AS sent_on
) AS told
