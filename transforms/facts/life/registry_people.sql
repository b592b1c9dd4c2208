-- One row per case and person in it, for the Federal Case Registry: the parent who owes, the parent who has custody, each
-- child. Where one person has two parts in a case, the first of these counts.
WITH
member AS (
  SELECT case_id, obligor_id AS member_id, 'owes' AS role, source_file, source_line FROM caseload.cases
  UNION ALL
  SELECT case_id, custodial_id, 'custodial', source_file, source_line FROM caseload.cases WHERE custodial_id IS NOT NULL
  UNION ALL
  SELECT case_id, person_id, 'child', source_file, source_line FROM caseload.children
),
part AS (
  SELECT *
  FROM member
  QUALIFY row_number() OVER (PARTITION BY case_id, member_id ORDER BY role = 'owes' DESC, role, source_line) = 1
),
-- While the registry was told of a case and not of its end, under the parent who owes in it tonight: under another one
-- the case is deleted and added again first.
registered AS (
  SELECT case_id, max(published_on) AS registered_on
  FROM (
    SELECT case_id, published_on, kind, bool_or(kind = 'release') OVER (PARTITION BY episode_id) AS is_deleted
    FROM facts.own_acts
    WHERE queue = 'fcr_cases'
  )
  WHERE kind = 'send' AND NOT is_deleted
  GROUP BY case_id
),
told AS (
  SELECT
    part.*,
    person.person_token,
    concat_ws('|', person.person_token, person.last_name, person.first_name, person.middle_name, person.birth_on, person.sex)
                                                                               AS words,
    identity.has_usable_number,
    identity.has_family_violence,
    identity.person_src
  FROM part
  LEFT JOIN caseload.persons AS person ON person.person_id = part.member_id
  LEFT JOIN facts.identity AS identity ON identity.person_id = part.member_id
)
SELECT
  told.case_id || ':' || told.member_id                                        AS subject_id,
  told.case_id,
  fact.person_id,
  fact.office,
  fact.worker,
  told.member_id,
  told.role,
  told.has_usable_number,
  -- A parent of whom nobody knows that they are safe is not disclosed; a child lives where the parent who has custody does.
  CASE
    WHEN told.has_family_violence THEN true
    WHEN told.role <> 'child' THEN told.has_family_violence IS NULL
    ELSE coalesce(custodian.member_id IS NOT NULL AND custodian.has_family_violence IS DISTINCT FROM false, false)
  END                                                                          AS is_disclosure_barred,
  sha256(told.words)                                                           AS member_mark,
  registered.case_id IS NOT NULL                                               AS case_is_registered,
  registered.registered_on                                                     AS case_registered_on,
  fact.case_is_open,
  fact.is_full_service,
  fact.case_is_open IS FALSE OR fact.is_full_service IS FALSE                  AS case_leaves_registry,
  concat_ws(';', 'caseload.' || CASE told.role WHEN 'child' THEN 'children' ELSE 'cases' END
    || '@' || told.source_file || ':' || told.source_line, told.person_src)    AS member_src,
  fact.case_src
FROM told
JOIN facts.case_facts AS fact ON fact.case_id = told.case_id
LEFT JOIN told AS custodian ON custodian.case_id = told.case_id AND custodian.role = 'custodial'
LEFT JOIN registered ON registered.case_id = told.case_id
