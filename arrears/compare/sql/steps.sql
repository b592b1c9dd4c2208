-- What each step added to a list and took from it, in the order of the causes; within new data the largest first.
SELECT
  list,
  step,
  any_value(cause) AS cause,
  CAST(coalesce(sum(more) FILTER (more > 0), 0) AS BIGINT) AS added,
  CAST(coalesce(-sum(more) FILTER (more < 0), 0) AS BIGINT) AS taken,
  count(*) FILTER (more = 0) AS changed
FROM line
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY list, step
ORDER BY list_position($lists, list), list_position($order, any_value(cause)), step = 'left', added + taken DESC, step
