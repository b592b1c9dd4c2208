-- What each changed line hangs on: the first condition of its card that answers otherwise, the first fact that differs
-- of those that the line reads, and the table of the row that says so. Where nothing that it reads differs, NULL.
WITH
about AS (
  SELECT
    list, key, rung, remedy, subject_id,
    was_cents IS DISTINCT FROM now_cents AS has_moved,
    CASE
      WHEN list_contains($remedies, remedy) THEN 'remedy ' || remedy
      WHEN list_contains($kinds, kind) THEN 'kind ' || kind
      WHEN starts_with(kind, 'deadline_') THEN 'deadline ' || regexp_extract(key, '^[^:]*:([^:]*)', 1)
    END AS of
  FROM line
),
told AS (
  SELECT DISTINCT ON (list, key, condition)
    about.list, about.key, condition.condition, condition.was AS answer_was, condition.now AS answer_now
  FROM about
  JOIN condition USING (rung, remedy, subject_id)
  ORDER BY list, key, condition, part
),
hung AS (
  SELECT about.*, reads.condition, reads.facts, reads.fact, reads.place, answer_was, answer_now
  FROM about
  LEFT JOIN reads USING (of)
  LEFT JOIN told
    ON told.list = about.list AND told.key = about.key AND told.condition = reads.condition
  WHERE CASE
    WHEN reads.fact IS NULL THEN true
    WHEN reads.condition IS NULL THEN has_moved OR NOT is_amount
    ELSE answer_now IS NOT NULL
  END
),
shown AS (
  SELECT
    hung.list, hung.key, hung.of, hung.condition, answer_was, answer_now,
    cell.facts, cell.fact, cell.was AS fact_was, cell.now AS fact_now,
    string_split(coalesce(rows_was, ''), ';') AS old_rows,
    string_split(coalesce(rows_now, rows_was), ';') AS its_rows
  FROM hung
  LEFT JOIN cell USING (rung, subject_id, facts, fact)
  QUALIFY row_number() OVER (
    PARTITION BY list, key ORDER BY cell.fact IS NULL, hung.condition IS NULL, hung.place) = 1
)
SELECT
  about.list, about.key, about.of,
  condition, answer_was, answer_now, facts, fact, fact_was, fact_now,
  regexp_extract(
    coalesce(list_filter(its_rows, lambda one: NOT list_contains(old_rows, one))[1], its_rows[1]), '^[^@]+') AS source
FROM about
LEFT JOIN shown USING (list, key)
