-- One row per case with a stay in force tonight: what it is, and which remedies it names.
WITH
in_force AS (
  SELECT *, 'caseload.stays@' || source_file || ':' || source_line AS src
  FROM caseload.stays
  WHERE from_on <= $as_of AND coalesce(to_on >= $as_of, true)
),
-- Each case by every person number of the parent who owes in it.
owes AS (
  SELECT case_id, obligor_id AS person_id
  FROM caseload.cases
  UNION
  SELECT cases.case_id, same.other_id
  FROM caseload.cases AS cases
  JOIN facts.same_people AS same ON same.person_id = cases.obligor_id
),
of_case AS (
  -- A stay of a case that names a person is that person's; a tribunal's word and good cause are the case's.
  SELECT case_id, stay.kind, stay.remedy, stay.chapter, stay.from_on, stay.src
  FROM in_force AS stay
  JOIN caseload.cases AS cases USING (case_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = stay.person_id
  WHERE stay.kind IN ('tribunal', 'good_cause') OR coalesce(stay.person_id = cases.obligor_id OR same.other_id IS NOT NULL, true)
  UNION
  SELECT cases.case_id, stay.kind, stay.remedy, stay.chapter, stay.from_on, stay.src
  FROM in_force AS stay
  JOIN owes AS cases ON cases.person_id = stay.person_id
  WHERE stay.case_id IS NULL
    -- Whoever is entered as the parent with custody may owe another family; that is no ground to spare them.
    AND NOT (stay.kind = 'good_cause' AND stay.person_id IN (SELECT custodial_id FROM caseload.cases WHERE custodial_id IS NOT NULL))
  UNION
  -- A bankruptcy protects the debtor in every case of theirs, whichever it was entered in.
  SELECT owing.case_id, stay.kind, stay.remedy, stay.chapter, stay.from_on, stay.src
  FROM in_force AS stay
  JOIN caseload.cases AS named ON named.case_id = stay.case_id
  JOIN owes AS owing ON owing.person_id = coalesce(stay.person_id, named.obligor_id)
  WHERE stay.kind = 'bankruptcy'
  UNION
  -- Good cause belongs to the parent who has custody.
  SELECT cases.case_id, stay.kind, stay.remedy, stay.chapter, stay.from_on, stay.src
  FROM in_force AS stay
  JOIN caseload.cases AS cases ON cases.custodial_id = stay.person_id
  WHERE stay.case_id IS NULL AND stay.kind = 'good_cause'
)
SELECT
  case_id,
  bool_or(kind = 'good_cause')                                                     AS has_good_cause,
  min(from_on) FILTER (kind = 'good_cause')                                        AS good_cause_since_on,
  bool_or(kind = 'bankruptcy')                                                     AS bankruptcy_is_open,
  arg_max(chapter, (from_on, chapter)) FILTER (kind = 'bankruptcy')                AS bankruptcy_chapter,
  max(from_on) FILTER (kind = 'bankruptcy')                                        AS bankruptcy_since_on,
  bool_or(kind = 'identity_claim')                                                 AS has_identity_claim,
  bool_or(kind = 'wrong_person')                                                   AS is_wrong_person,
  bool_or(kind = 'temporary_license')                                              AS has_temporary_license,
  list(DISTINCT coalesce(remedy, 'all') ORDER BY coalesce(remedy, 'all'))
    FILTER (kind IN ('exemption', 'tribunal'))                                     AS exempted,
  list(DISTINCT coalesce(remedy, CASE kind WHEN 'bureau_dispute' THEN 'credit_reporting' ELSE 'all' END)
      ORDER BY coalesce(remedy, CASE kind WHEN 'bureau_dispute' THEN 'credit_reporting' ELSE 'all' END))
    FILTER (kind IN ('dispute', 'bureau_dispute'))                                 AS disputed,
  string_agg(src, ';' ORDER BY src)                                                AS stays_src
FROM of_case
GROUP BY case_id
