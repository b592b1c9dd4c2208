-- How many new acts are about to leave, which they are as one hash, and how many cases are open.
SELECT
  count(*) AS new_acts,
  md5(coalesce(string_agg(action_id, $newline ORDER BY action_id), '')) AS digest,
  (SELECT count(*) FROM facts.case_facts WHERE case_is_open) AS open_cases
FROM leaving
WHERE kind IN ('send', 'notice')
