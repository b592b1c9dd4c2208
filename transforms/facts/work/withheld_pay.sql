-- One row per case and payor that told us of pay: what was withheld and has not come, by when it should have, and
-- how often it came late. The days to remit run from the pay date, in business days.
WITH
line AS (
  SELECT
    pay.case_id,
    pay.fein,
    pay.withheld_on,
    pay.amount_cents,
    CASE WHEN pay.received_on <= $as_of THEN pay.received_on END         AS received_on,
    due.day                                                              AS due_on,
    'caseload.withheld@' || pay.source_file || ':' || pay.source_line    AS src
  FROM caseload.withheld AS pay
  LEFT JOIN facts.business_days AS paid ON paid.day = pay.withheld_on
  LEFT JOIN facts.business_days AS due
    ON due.number = paid.number + CAST($remit_days AS INTEGER) AND due.is_business_day
  WHERE pay.withheld_on <= $as_of
)
SELECT
  case_id,
  fein,
  max(withheld_on)                                                       AS last_withheld_on,
  max(received_on)                                                       AS last_received_on,
  CAST(coalesce(sum(amount_cents) FILTER (received_on IS NULL), 0) AS BIGINT) AS unsent_cents,
  min(withheld_on) FILTER (received_on IS NULL)                          AS oldest_unsent_on,
  min(due_on) FILTER (received_on IS NULL)                               AS due_on,
  -- The pay that is watched: the oldest that has not come, else the last.
  coalesce(min(withheld_on) FILTER (received_on IS NULL), max(withheld_on)) AS watched_on,
  CASE WHEN count(*) = count(received_on) THEN arg_max(received_on, withheld_on) END AS watched_received_on,
  coalesce(bool_or(received_on IS NULL AND due_on < $as_of), false)      AS is_late,
  count(*) FILTER (coalesce(received_on, $as_of) > due_on)               AS times_late,
  string_agg(src, ';' ORDER BY src) FILTER (received_on IS NULL)         AS unsent_src
FROM line
GROUP BY case_id, fein
