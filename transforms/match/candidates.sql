-- One row per line of a partner's file and person that it may be about: for a person to decide, never to act on.
SELECT
  feed,
  source_file,
  source_line,
  person_id,
  CASE
    WHEN number_is_shared THEN 'number held by two people'
    WHEN person_number_contradicts THEN 'number agrees, person number names somebody else'
    WHEN number_agrees AND NOT name_agrees THEN 'number agrees, name does not'
    WHEN number_agrees THEN 'number and name agree, birth date does not'
    WHEN number_is_missing AND birth_date_contradicts THEN 'person number and name agree, birth date does not'
    WHEN number_is_missing THEN 'person number and name agree, number missing'
    ELSE 'person number agrees, number does not'
  END AS reason,
  -- Whatever the name: enough for an answer that does nothing but protect.
  number_agrees AND person_number_agrees AND NOT number_is_shared AND NOT birth_date_contradicts AS is_enough_to_protect,
  record_hash
FROM match.pairs
WHERE NOT is_exact
  -- Without any number, a person number alone is not even a question.
  AND (name_agrees OR NOT number_is_missing)
ORDER BY feed, source_file, source_line, person_id
