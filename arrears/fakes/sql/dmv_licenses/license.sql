-- Every license the Secretary of State knows of: names as cut there, a few of them not the agency's.
WITH held AS (
  SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p,
    license_of(obligor_p) AS license_number,
    CASE WHEN dice('renamed', obligor_p, 100) = 0 THEN 'Stranger' END AS other_name, kind
  FROM bulk LEFT JOIN (SELECT i, kind FROM errors) AS errors USING (i) WHERE obligor_i = i AND has_license
),
named AS (
  SELECT held.* EXCLUDE (other_name), coalesce(other_name, CASE WHEN kind = 'name' THEN substr(persons.last_name, 1, 1)
      || substr(persons.last_name, 3, 1) || substr(persons.last_name, 2, 1) || substr(persons.last_name, 4)
    ELSE persons.last_name END) AS last_name, persons.first_name,
    CASE WHEN kind <> 'birth date' OR kind IS NULL THEN persons.birth_on
      WHEN day(persons.birth_on) <= 12 AND day(persons.birth_on) <> month(persons.birth_on)
      THEN make_date(year(persons.birth_on), day(persons.birth_on), month(persons.birth_on))
      ELSE CAST(persons.birth_on + to_years(1) AS DATE) END AS birth_on
  FROM held JOIN v.persons AS persons USING (person_id)
  UNION ALL
  SELECT person_id, number_p, license_number, NULL, last_name, first_name, birth_on FROM planted.dmv
)
SELECT license_number AS n, upper(last_name) AS last_name, upper(first_name) AS first_name,
  CASE WHEN named.kind = 'number' THEN left(ssn_of(number_p), 7) || right(ssn_of(number_p), 1)
    || substr(ssn_of(number_p), 8, 1) ELSE ssn_of(number_p) END AS ssn, birth_on AS date_of_birth, named.person_id AS person_number, license_number,
  'C' AS license_class, CAST(birth_on + to_years(70) AS DATE) AS expiration_date, 'M' AS sex,
  upper(addresses.line_1) AS address_line_1, upper(addresses.line_2) AS address_line_2,
  upper(addresses.city) AS city, addresses.state, addresses.zip || '0000' AS zip
FROM named LEFT JOIN v.addresses AS addresses
  ON addresses.person_id = named.person_id AND addresses.kind = 'mail'
