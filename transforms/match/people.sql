-- One row per person of the caseload: the token of their number where it can be anybody's, their name as it is compared,
-- and who else holds the number. Two people with one number: nobody knows whose it is. One and the same person keyed
-- twice, by everything that is known of both: a doubt about the record, not about the person.
WITH
person AS (
  SELECT
    persons.person_id,
    persons.birth_on,
    CASE WHEN persons.ssn_fault IS NULL THEN persons.person_token END                  AS person_token,
    nullif(array_to_string(last_name.words, ''), '')                                   AS last_folded,
    nullif(array_to_string(first_name.words, ''), '')                                  AS first_folded
  FROM caseload.persons AS persons
  LEFT JOIN match.names AS last_name ON last_name.name = persons.last_name
  LEFT JOIN match.names AS first_name ON first_name.name = persons.first_name
),
number AS (
  SELECT
    person_token,
    count(DISTINCT last_folded) <= 1 AND count(DISTINCT birth_on) <= 1
      -- A first name agrees with a longer one as far as it reaches.
      AND coalesce(list_bool_and(list_transform(list(first_folded), lambda one:
        starts_with(arg_max(first_folded, length(first_folded)), one))), true)         AS is_one_person,
    list_sort(list(person_id))                                                         AS people
  FROM person
  WHERE person_token IS NOT NULL
  GROUP BY person_token
  HAVING count(*) > 1
)
SELECT
  person.*,
  number.person_token IS NOT NULL AND NOT number.is_one_person                         AS number_is_shared,
  CASE WHEN number.is_one_person THEN number.people END                                AS keyed_as
FROM person
LEFT JOIN number USING (person_token)
