-- The persons of the bulk.
SELECT person_of(p) AS person_id, CASE WHEN role = 1 AND has_his_number THEN ssn_of(i * 10)
    WHEN role < 2 OR p % 10 = 2 THEN ssn_of(p) END AS ssn,
  ssn_verified, CASE WHEN role = 2 THEN last_of(i * 10) ELSE last_of(p) END AS last_name,
  first_of(p, is_man) AS first_name,
  CASE WHEN dice('middle', p, 3) > 0 THEN first_of(p + 5, is_man) END AS middle_name,
  CASE WHEN role = 0 THEN ['Jr', 'Sr', 'III'][1 + dice('suffix', p, 60)] END AS suffix,
  CASE role WHEN 2 THEN $first_night - CAST(400 + dice('born', p, 6000) AS INTEGER)
            ELSE $first_night - CAST(8000 + dice('born', p, 13000) AS INTEGER) END AS birth_on,
  CASE WHEN is_dead THEN $first_night - CAST(20 + dice('dead', p, 300) AS INTEGER) END AS died_on,
  CASE WHEN is_man THEN 'M' ELSE 'F' END AS sex,
  CASE WHEN role < 2 THEN CASE WHEN dice('violence', p, 33) = 0 THEN 'Y' ELSE 'N' END END
    AS family_violence,
  CASE WHEN role < 2 THEN CASE WHEN is_assisted AND p % 3 > 0 THEN 'Y' ELSE 'N' END END
    AS receives_tanf,
  CASE WHEN role < 2 THEN CASE WHEN is_assisted AND p % 3 = 0 THEN 'Y' ELSE 'N' END END
    AS receives_ssi,
  CASE WHEN role = 0 THEN CASE WHEN dice('prison', p, 50) = 0 THEN 'Y' ELSE 'N' END END AS in_prison,
  $known_on AS known_on
FROM (SELECT *, dice('sex', p, 100) < CASE role WHEN 0 THEN 85 WHEN 1 THEN 15 ELSE 50 END AS is_man,
  i IN (SELECT i FROM errors WHERE kind = 'one number for two') AS has_his_number FROM folk)
