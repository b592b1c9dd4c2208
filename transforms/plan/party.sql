-- One row per episode that is not closed and whose parent has to be let go because another one took their place: in
-- the case that it is about or, where it is about the person, in every case in which they were known to owe. A case
-- that is missing from the extract proves nothing, nor does an extract of cases that is old or in part unreadable.
WITH
live AS (
  SELECT
    episodes.*,
    nullif(episodes.case_id, '') AS about_case_id
  FROM ledger.episodes AS episodes
  WHERE episodes.closed_on IS NULL
),
tie AS (
  SELECT person_id, nullif(case_id, '') AS case_id
  FROM ledger.episodes
  UNION
  SELECT person_id, case_id
  FROM caseload.notices
),
-- Of the cases in which the agency or we dealt with them: where they stand tonight.
known_case AS (
  SELECT
    tie.person_id,
    bool_and(cases.case_id IS NOT NULL)                                         AS are_there,
    bool_or(cases.obligor_id = tie.person_id)                                   AS owes_in_one,
    min(cases.case_id)                                                          AS case_id
  FROM tie
  LEFT JOIN caseload.cases AS cases USING (case_id)
  WHERE tie.case_id IS NOT NULL AND cases.custodial_id IS DISTINCT FROM tie.person_id
  GROUP BY tie.person_id
),
-- The same person under another person number is no other parent.
owing AS (
  SELECT obligor_id AS person_id
  FROM caseload.cases
  UNION
  SELECT same.other_id
  FROM caseload.cases AS cases
  JOIN facts.same_people AS same ON same.person_id = cases.obligor_id
),
judged AS (
  SELECT
    live.episode_id,
    coalesce(own.case_id, known_case.case_id)                                   AS case_id,
    CASE
      WHEN live.about_case_id IS NOT NULL THEN own.obligor_id <> live.person_id AND same.other_id IS NULL
      ELSE owing.person_id IS NULL AND known.cases AND NOT list_contains(known.lost, 'cases')
        AND coalesce(known_case.are_there, persons.person_id IS NOT NULL)
    END                                                                         AS is_replaced
  FROM live
  CROSS JOIN facts.known AS known
  LEFT JOIN caseload.cases AS own ON own.case_id = live.about_case_id
  LEFT JOIN facts.same_people AS same ON same.person_id = own.obligor_id AND same.other_id = live.person_id
  LEFT JOIN known_case ON known_case.person_id = live.person_id
  LEFT JOIN owing ON owing.person_id = live.person_id
  LEFT JOIN caseload.persons AS persons ON persons.person_id = live.person_id
)
SELECT judged.episode_id, cases.office, cases.worker
FROM judged
LEFT JOIN caseload.cases AS cases USING (case_id)
WHERE judged.is_replaced
