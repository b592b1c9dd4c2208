-- One row per case that was closed in the period: whether its ground and its notice are on file.
SELECT
  case_id,
  person_id,
  office,
  CASE
    WHEN len(documented_grounds) > 0 OR closing_asked_on <= case_closed_on THEN 'met'
    WHEN closing_letter_on <= case_closed_on - CAST($notice_days AS INTEGER) THEN 'met'
    WHEN closing_letter_on <= case_closed_on THEN 'failed'
    ELSE 'unknown'
  END                                                          AS outcome,
  CASE
    WHEN len(documented_grounds) > 0 THEN 'Closed ' || case_closed_on || ' on a documented ground.'
    WHEN closing_asked_on <= case_closed_on THEN 'Closed ' || case_closed_on || ' as the family asked.'
    WHEN closing_letter_on <= case_closed_on
      THEN 'Closed ' || case_closed_on || '; the letter went out ' || closing_letter_on || '.'
    ELSE 'Closed ' || case_closed_on || '; the extract tells neither ground nor letter.'
  END                                                          AS said,
  concat_ws(';', case_src, grounds_src)                        AS src
FROM facts.life_facts
WHERE case_closed_on BETWEEN $from_on AND $as_of
