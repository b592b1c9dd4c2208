-- One row per person whose debt is told to the lottery, with what the record says of the person.
SELECT
    'D' AS record_type
  , 'LIST' AS action
  , persons.ssn
  , person_id AS person_number
  , persons.last_name
  , persons.first_name
  , persons.birth_on AS date_of_birth
  , decided.amount
FROM decided
JOIN persons USING (person_id)
WHERE decided.flagged AND persons.ssn IS NOT NULL
ORDER BY person_id
