-- One row per answer on a prison; the first true column is the reason it is set aside.
SELECT
  'prisoner' AS record,
  source_line,
  coalesce(locate_response_code = '09', false)
    AS "the Social Security Administration could not be reached",
  coalesce(multiple_ssn_ind IN ('M', 'X'), false) AND coalesce(ltrim(multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing",
  confinement_date IS NULL
    AS "a confinement without its first day",
  release_date < confinement_date
    AS "released before it began"
FROM prisoner
