-- Every license the Secretary of State knows of: names as cut there, a few of them not the agency's.
WITH held AS (
  SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p,
    license_of(obligor_p) AS license_number,
    CASE WHEN dice('renamed', obligor_p, 100) = 0 THEN 'Stranger' END AS other_name
  FROM bulk WHERE obligor_i = i AND has_license
),
named AS (
  SELECT held.*, coalesce(other_name, persons.last_name) AS last_name, persons.first_name,
    persons.birth_on
  FROM held JOIN v.persons AS persons USING (person_id)
  UNION ALL
  SELECT person_id, number_p, license_number, NULL, last_name, first_name, birth_on FROM planted.dmv
)
SELECT license_number AS n, upper(last_name) AS last_name, upper(first_name) AS first_name,
  ssn_of(number_p) AS ssn, birth_on AS date_of_birth, named.person_id AS person_number, license_number,
  'C' AS license_class, CAST(birth_on + to_years(70) AS DATE) AS expiration_date, 'M' AS sex,
  upper(addresses.line_1) AS address_line_1, upper(addresses.line_2) AS address_line_2,
  upper(addresses.city) AS city, addresses.state, addresses.zip || '0000' AS zip
FROM named LEFT JOIN v.addresses AS addresses
  ON addresses.person_id = named.person_id AND addresses.kind = 'mail'
