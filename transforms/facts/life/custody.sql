-- One row per person who is held for longer than the law's limit: when the agency learned of it, and told both parents.
SELECT
  person_id,
  min(from_on)                                                                 AS held_from_on,
  min(coalesce(learned_on, from_on))                                           AS custody_learned_on,
  max(told_on)                                                                 AS custody_notified_on,
  any_value('caseload.custody@' || source_file || ':' || source_line)          AS custody_src
FROM caseload.custody
WHERE from_on <= $as_of
  AND expected_to_on >= $as_of
  AND expected_to_on - from_on > CAST($long_sentence_days AS INTEGER)
GROUP BY person_id
