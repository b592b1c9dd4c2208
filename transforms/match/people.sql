-- One row per person of the caseload: his number's token where it can be anybody's, how many people hold it,
-- and his name as it is compared.
SELECT
  persons.person_id,
  persons.birth_on,
  CASE WHEN persons.ssn_fault IS NULL THEN persons.person_token END                    AS person_token,
  count(*) OVER (PARTITION BY persons.person_token)                                    AS holders,
  nullif(array_to_string(last_name.words, ''), '')                                     AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                                    AS first_folded
FROM caseload.persons AS persons
LEFT JOIN match.names AS last_name ON last_name.name = persons.last_name
LEFT JOIN match.names AS first_name ON first_name.name = persons.first_name
