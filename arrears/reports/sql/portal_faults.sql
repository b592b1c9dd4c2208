-- One row: how many rows of an extract (`looked`) are for nobody who may see the case, share their key with another one,
-- or hold the number of the other parent as a word of any text.
SELECT
  count(*) FILTER (party.case_id IS NULL)                                       AS strangers,
  count(*) - count(DISTINCT looked.key)                                         AS repeated,
  count(*) FILTER (
    party.other_id <> '' AND list_contains(regexp_split_to_array(looked.said, '[^0-9A-Za-z]+'), party.other_id)
  )                                                                             AS leaks
FROM looked
LEFT JOIN portal.party AS party ON party.case_id = looked.case_id AND party.person_id = looked.person_id
