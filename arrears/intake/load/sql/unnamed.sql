-- The lines at fault that name nobody. A child names its parents by the case alone.
SELECT *
FROM query_table($rejected_lines)
WHERE case_id IS NULL AND (person_id IS NULL OR table_name = 'children') AND source_line IS NOT NULL
