-- One row per case: what the last look at hardship came to, and what is still asked for at once. An agency that keeps
-- no record of such looks decides hardship in the review of the remedy itself; the silence of a record that came
-- once and is old means nothing.
WITH
told AS (
  SELECT
    coalesce(bool_or(is_current) FILTER (name = 'hardship_checks'), false)            AS checks,
    coalesce(bool_or(through_on IS NOT NULL OR is_lost) FILTER (name = 'hardship_checks'), false) AS checks_come
  FROM facts.fresh
),
lost AS (
  SELECT case_id
  FROM facts.known_case
  WHERE list_contains(rejected, 'hardship_checks')
),
latest AS (
  -- How one person can pay says nothing of another.
  SELECT checks.*, 'caseload.hardship_checks@' || checks.source_file || ':' || checks.source_line AS src
  FROM caseload.hardship_checks AS checks
  JOIN caseload.cases AS cases USING (case_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = checks.person_id
  LEFT JOIN facts.earlier_parents AS earlier USING (case_id)
  -- That they can pay burdens: a look that names nobody, from when another person was dealt with, says it of nobody.
  WHERE checked_on <= $as_of AND coalesce(
    checks.person_id = cases.obligor_id OR same.other_id IS NOT NULL,
    checks.outcome IS DISTINCT FROM 'can_pay' OR checks.checked_on > earlier.earlier_until_on,
    earlier.case_id IS NULL)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY checked_on DESC, check_id DESC) = 1
),
asked AS (
  SELECT
    case_id,
    min(received_on) FILTER (kind = 'temporary_license')                              AS temporary_asked_on,
    min(received_on) FILTER (kind = 'wrong_person')                                   AS wrong_person_asked_on,
    string_agg('caseload.license_requests@' || requests.source_file || ':' || requests.source_line, ';'
      ORDER BY requests.source_file, requests.source_line)                            AS src
  FROM caseload.license_requests AS requests
  JOIN caseload.cases AS cases USING (case_id)
  WHERE coalesce(requests.person_id = cases.obligor_id, true) AND received_on <= $as_of AND coalesce(decided_on > $as_of, true)
  GROUP BY case_id
)
SELECT
  cases.case_id,
  latest.checked_on                                                                   AS hardship_checked_on,
  latest.outcome                                                                      AS hardship_outcome,
  -- That they cannot pay stands until a later look says otherwise; that they can, only for a time.
  CASE
    WHEN latest.outcome = 'cannot_pay' THEN true
    WHEN NOT told.checks_come THEN false
    WHEN told.checks AND lost.case_id IS NULL THEN false
  END                                                                                 AS hardship_is_found,
  CASE
    WHEN lost.case_id IS NOT NULL THEN NULL
    WHEN latest.outcome = 'can_pay'
      THEN latest.checked_on + CAST($hardship_valid_days AS INTEGER) >= $as_of
    WHEN told.checks THEN false
  END                                                                                 AS ability_is_found,
  CASE WHEN latest.has_custody OR lost.case_id IS NULL THEN latest.has_custody END    AS has_custody,
  latest.src                                                                          AS hardship_src,
  asked.temporary_asked_on,
  asked.wrong_person_asked_on,
  asked.src                                                                           AS request_src
FROM caseload.cases AS cases
CROSS JOIN told
LEFT JOIN lost ON lost.case_id = cases.case_id
LEFT JOIN latest ON latest.case_id = cases.case_id
LEFT JOIN asked ON asked.case_id = cases.case_id
