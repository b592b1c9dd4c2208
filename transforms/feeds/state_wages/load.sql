-- One row per person, quarter and payor: wages, or benefits of the unemployment agency. The payor's number is the
-- state's own, not the federal one under which orders are sent.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  CASE record_kind WHEN 'WG' THEN 'wages' WHEN 'UI' THEN 'benefits' END AS kind,
  amount                                   AS amount_cents,
  CAST(strptime(year || CASE quarter
    WHEN '1' THEN '0331' WHEN '2' THEN '0630' WHEN '3' THEN '0930' WHEN '4' THEN '1231' END, '%Y%m%d') AS DATE)
                                           AS quarter_ends_on,
  employer_number                          AS state_employer_number,
  employer_name,
  employer_state
FROM record
