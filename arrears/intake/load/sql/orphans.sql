-- Each row that names nobody of the extract, with whom it may mean, and whether its table has more of them than a day can
-- have by mistake. Rows none of which names anybody are no odd rows, however few they are.
WITH many AS (
  SELECT own_table
  FROM (
    SELECT
      own_table,
      count(DISTINCT (source_file, source_line)) AS lost,
      count(DISTINCT (source_file, source_line)) FILTER (id IS NULL) AS blank
    FROM orphan
    GROUP BY own_table
  )
  JOIN table_size USING (own_table)
  WHERE lost > greatest($most_rows, rows * $most_percent // $hundred) OR (blank > 1 AND blank = rows)
)
SELECT
  orphan.table_name,
  column_name,
  coalesce(core_cases.id, orphan.case_id) AS case_id,
  coalesce(core_persons.id, orphan.person_id) AS person_id,
  source_file,
  source_line,
  own_table IN (FROM many) AS is_of_everybody
FROM orphan
LEFT JOIN core_cases ON named = 'cases' AND core_cases.core = core_of(orphan.id)
LEFT JOIN core_persons ON named = 'persons' AND core_persons.core = core_of(orphan.id)
ORDER BY ALL
