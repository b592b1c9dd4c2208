-- How many lines of each list either run has.
SELECT list, CAST(sum(was) AS BIGINT) AS was, CAST(sum(now) AS BIGINT) AS now
FROM stand
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY list
ORDER BY list_position($lists, list)
