-- The subjects of whom a condition of beginning is answered otherwise under the other law: their decisive fact lies between
-- the two values. Where the verdict does not move, the reason is the condition that decides instead: the first, in the order
-- of the card, that is answered no under both laws, else the first that is not known, else one that turns against it.
WITH
turning AS (
  SELECT
    side.* EXCLUDE (names, was_answers, now_answers),
    list_filter(names, lambda name, place: was_answers[place] IS DISTINCT FROM now_answers[place]) AS turned,
    list_filter(names, lambda name, place: was_answers[place] IS FALSE AND now_answers[place] IS FALSE) AS against,
    list_filter(names, lambda name, place: was_answers[place] IS NULL AND now_answers[place] IS NULL) AS not_known,
    list_filter(
      names,
      lambda name, place: was_answers[place] IS DISTINCT FROM now_answers[place] AND now_answers[place] IS NOT TRUE)
      AS turned_against
  FROM query($sides) AS side
  WHERE was_answers IS DISTINCT FROM now_answers
)
SELECT
  turning.* EXCLUDE (against, not_known, turned_against) REPLACE (
    coalesce(turning.office, person.office) AS office, coalesce(turning.worker, person.worker) AS worker),
  CASE
    WHEN enter_was IS DISTINCT FROM enter_now THEN NULL
    WHEN len(against) > 0 THEN against[1]
    WHEN len(not_known) > 0 THEN not_known[1]
    ELSE turned_against[1]
  END                                                                              AS reason,
  CASE
    WHEN enter_was IS DISTINCT FROM enter_now THEN NULL
    WHEN len(against) > 0 THEN 'no'
    WHEN len(not_known) > 0 THEN 'not known'
    ELSE 'turns, too'
  END                                                                              AS answer,
  len(against) + len(not_known) = 1                                                AS is_alone
FROM turning
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = turning.person_id
WHERE $remedy IS NULL OR remedy = $remedy
