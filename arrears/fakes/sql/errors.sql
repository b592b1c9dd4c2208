-- Whom the license file or the caseload has wrong, one error each: what was mistaken, and what matching must say.
SELECT i, obligor_p, kind, 'doubtful' AS matching
FROM (
  SELECT *, CASE WHEN drawn < $wrong_names THEN 'name'
    WHEN drawn < $wrong_names + $wrong_numbers THEN 'number'
    WHEN drawn < $wrong_names + $wrong_numbers + $wrong_births THEN 'birth date'
    WHEN drawn < $wrong_names + $wrong_numbers + $wrong_births + $shared_numbers THEN 'one number for two' END AS kind
  FROM (SELECT *, dice('wrong', i, 10000) AS drawn FROM bulk
    WHERE obligor_i = i AND custodial_i = i AND has_license AND dice('renamed', obligor_p, 100) > 0)
)
WHERE kind IS NOT NULL AND NOT (
  kind = 'number' AND substr(ssn_of(obligor_p), 8, 1) = substr(ssn_of(obligor_p), 9, 1)
  OR kind = 'name' AND substr(last_of(obligor_p), 2, 1) = substr(last_of(obligor_p), 3, 1))
ORDER BY i
