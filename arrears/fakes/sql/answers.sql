-- Those of the bulk whose answer follows from how they were made. Who owes nothing is clear, whatever else is true of
-- them. Who stopped paying long ago, owes much, was served long ago and has nothing that could shield them is flagged.
WITH alone AS (
  SELECT i, obligor_p, case_of(i) AS case_id, person_of(obligor_p) AS person_id FROM bulk
  WHERE obligor_i = i AND i NOT IN (SELECT i FROM errors) AND obligor_p NOT IN (SELECT obligor_p FROM bulk WHERE obligor_i <> i)
),
owed AS (
  SELECT case_id, sum(past_due_cents) AS cents, sum(disputed_cents) AS disputed_cents
  FROM balances_now GROUP BY case_id
),
answered AS (
  SELECT remedy, alone.*, 'clear' AS verdict, 'owes nothing' AS story
  FROM alone JOIN owed USING (case_id)
  CROSS JOIN (VALUES ('license_revocation'), ('credit_reporting'), ('state_tax_intercept')) AS r(remedy)
  WHERE cents = 0
  UNION ALL
  SELECT remedy, alone.*, 'flag', 'long in default'
  FROM alone JOIN owed USING (case_id) JOIN bulk USING (i)
  JOIN (SELECT i FROM noticed WHERE status = 'served' AND ended_on + 60 < $as_of) USING (i)
  JOIN v.cases AS cases USING (case_id)
  JOIN v.persons AS persons ON persons.person_id = cases.obligor_id
  CROSS JOIN (VALUES ('license_revocation'), ('credit_reporting'), ('state_tax_intercept')) AS r(remedy)
  WHERE conduct IN ('stopped', 'never') AND stopped_on < $as_of - 150
    AND first_due_on < $as_of - 150 AND cents > 200000 AND disputed_cents = 0
    AND bulk.ssn_verified = 'Y' AND NOT is_dead AND NOT is_assisted AND in_prison = 'N'
    AND service_level = 'full' AND interstate = 'none' AND frequency <> 'quarterly'
    AND (remedy <> 'license_revocation' OR (ends_on IS NULL AND has_license AND dice('renamed', bulk.obligor_p, 100) > 0))
    AND case_id NOT IN (SELECT case_id FROM v.hearings)
    AND case_id NOT IN (SELECT case_id FROM v.agreements)
    AND case_id NOT IN (SELECT case_id FROM v.stays WHERE case_id IS NOT NULL)
    AND obligor_id NOT IN (SELECT person_id FROM v.stays WHERE person_id IS NOT NULL)
    AND obligor_id IN (SELECT person_id FROM v.addresses WHERE kind = 'mail')
)
SELECT remedy, CASE remedy WHEN 'state_tax_intercept' THEN person_id ELSE case_id END AS subject_id,
  case_id, verdict, '' AS because, story
FROM answered ORDER BY remedy, case_id
