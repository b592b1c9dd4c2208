-- Those of them who do not move, by the condition that decides instead; alone is of whom no other one is against it.
SELECT
  remedy,
  reason                                                                AS condition,
  answer,
  count(*)                                                              AS stays,
  count(*) FILTER (is_alone)                                            AS alone
FROM band
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND reason IS NOT NULL
GROUP BY remedy, reason, answer
ORDER BY remedy, stays DESC, condition, answer
