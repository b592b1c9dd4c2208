-- How many lie between the two values, by remedy, and how many of them move.
SELECT
  remedy,
  list_sort(list_distinct(flatten(list(turned))))                       AS conditions,
  count(*)                                                              AS in_band,
  count(DISTINCT person_id)                                             AS parents,
  count(*) FILTER (reason IS NULL)                                      AS moves,
  count(*) FILTER (enter_now = 'flag' AND reason IS NULL)               AS enters,
  count(*) FILTER (enter_was = 'flag' AND reason IS NULL)               AS leaves
FROM band
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY remedy
ORDER BY in_band DESC, remedy
