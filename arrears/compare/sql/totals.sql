-- How many enter and leave, and of how many nobody could say it any more.
SELECT
  count(*) FILTER (moves = 'enters') AS enters,
  CAST(coalesce(sum(amount_cents) FILTER (moves = 'enters'), 0) AS BIGINT) AS enters_cents,
  count(*) FILTER (moves = 'leaves') AS leaves,
  CAST(coalesce(sum(amount_cents) FILTER (moves = 'leaves'), 0) AS BIGINT) AS leaves_cents,
  count(*) FILTER (enter_now = 'unknown') AS becomes_unknown,
  count(DISTINCT person_id) AS persons,
  count(DISTINCT case_id) AS cases
FROM who
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
