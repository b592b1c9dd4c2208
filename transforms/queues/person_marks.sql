-- One row per person of whom something is said (`spoken_of`): marks by which the person is known, without name or number,
-- whether a partner was told of them under the number, the name and the birth date that they have tonight.
SELECT
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                                     AS number_mark,
  sha256(concat_ws('|', person_id,
    regexp_replace(upper(strip_accents(coalesce(last_name, ''))), '[^A-Z]', '', 'g'),
    regexp_replace(upper(strip_accents(coalesce(first_name, ''))), '[^A-Z]', '', 'g'))) AS name_mark,
  sha256(concat_ws('|', person_id, coalesce(CAST(birth_on AS VARCHAR), '')))            AS birth_mark
FROM caseload.persons
SEMI JOIN spoken_of USING (person_id)
