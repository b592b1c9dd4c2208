-- How many lines are chosen, their dollars and minutes, and whom they are about.
SELECT
  count(*) AS lines,
  CAST(coalesce(sum(amount_cents), 0) AS BIGINT) AS cents,
  CAST(coalesce(sum(minutes), 0) AS BIGINT) AS minutes,
  count(DISTINCT case_id) AS cases,
  count(DISTINCT person_id) AS persons
FROM chosen
