-- One row per line of a partner's file that is certainly about one person of the caseload. What has to agree before
-- anything acts on a line without a person stands under `match` of its feed: the number together with the name, or our
-- own person number where the partner was given it and answers by it.
SELECT
  feed,
  source_file,
  source_line,
  person_id,
  'exact' AS tier,
  CASE exact
    WHEN 'number_and_name' THEN 'number and name agree'
    WHEN 'person_number_and_name' THEN 'our own person number and name agree'
    ELSE 'our own person number'
  END     AS reason
FROM match.pairs
WHERE is_exact
ORDER BY feed, source_file, source_line, person_id
