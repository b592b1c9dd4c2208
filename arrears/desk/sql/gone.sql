-- The lines that have left the list, each item once, with the office that its person belonged to.
SELECT
  was.* REPLACE (coalesce(was.office, person.office) AS office, coalesce(was.worker, person.worker) AS worker)
FROM was
ANTI JOIN work USING (item_id)
LEFT JOIN person ON person.subject_id = was.person_id
QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY kind) = 1
