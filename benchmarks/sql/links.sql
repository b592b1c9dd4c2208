-- One row per row of a feed and person with its number: exact where the birth date agrees, else only a candidate.
SELECT
    $feed AS feed
  , source_line
  , person_id
  , CASE WHEN birth_on = date_of_birth THEN 'exact' ELSE 'candidate' END AS tier
FROM staged
JOIN persons ON persons.ssn = staged.number
ORDER BY source_line, person_id
