-- One row per win of a person of ours, as the lottery or a licensee last told it.
SELECT
  source_line,
  ssn,
  person_number                         AS person_id,
  last_name,
  first_name,
  CASE kind WHEN 'L' THEN 'lottery' WHEN 'T' THEN 'track' WHEN 'O' THEN 'off_track' WHEN 'C' THEN 'casino' END AS kind,
  win_reference,
  licensee_name,
  won_on,
  prize                                 AS prize_cents,
  withheld                              AS withheld_cents,
  CAST(registry_attempts AS BIGINT)     AS registry_attempts,
  notice_on                             AS notice_received_on,
  sent_on
FROM win
