-- An account for some of twenty obligors, and the planted ones.
WITH owned AS (
  SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p, NULL AS other_name FROM bulk
  WHERE obligor_i = i AND dice('bank ' || $night, i, 20) < $banked
  UNION ALL SELECT person_id, number_p, owner_name FROM planted.bank WHERE night = $night
),
drawn AS (
  SELECT owned.*, birth_on,
    upper(coalesce(other_name, last_name || ' ' || first_name)) AS owner_name,
    dice('joint ' || $night, number_p, 10) = 0 AS is_joint, other_name IS NOT NULL
      AND other_name NOT LIKE last_name || '%' AS is_other
  FROM owned JOIN v.persons AS persons USING (person_id)
)
SELECT person_id AS n, 'B' AS record_type, $month AS match_date, ssn_of(number_p) AS matched_ssn,
  CAST(1000000000 + dice('account ' || $night, number_p, 900000000) AS VARCHAR) AS account_number,
  left(owner_name, 40) AS matched_name,
  CASE WHEN is_joint THEN 'JOINT OWNER' END AS second_payee_name,
  dice('balance ' || $night, number_p, 9000) AS account_balance,
  CASE WHEN is_other THEN '2' ELSE '1' END AS name_match_flag, '0' AS trust_ind,
  '2' AS account_balance_ind, birth_on AS date_of_birth,
  CASE WHEN dice('kind ' || $night, number_p, 3) = 0 THEN '01' ELSE '04' END AS account_type,
  person_id AS state_person_number, CASE WHEN is_joint THEN '2' ELSE '0' END AS payee_ind
FROM drawn
