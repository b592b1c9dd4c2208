-- One row per open case that looks like another one, with those cases: neither says how much is owed.
SELECT case_id, list_sort(list(twin_id)) AS twin_cases
FROM (
  SELECT case_id, twin_case AS twin_id FROM facts.twin_pairs
  UNION
  SELECT twin_case, case_id FROM facts.twin_pairs WHERE twin_is_open
)
GROUP BY case_id
