-- One row per case with a stay in force tonight: what it is, and which remedies it names.
WITH
-- What the assistance agency told last of good cause in a case: from the claim on, not only from its finding.
claimed AS (
  SELECT
    cases.case_id,
    arg_max({'event': told.event, 'from_on': told.from_on, 'file': told.source_file, 'line': told.source_line},
      (told.told_on, told.from_on, told.source_file, told.source_line)) AS last
  FROM staging.assistance_referrals AS told
  JOIN caseload.cases AS cases ON cases.case_id = told.case_number
  -- Whoever the file thinks it is about: what only protects needs our own number of the parent with custody, no name.
  WHERE told.event LIKE 'good_cause%' AND told.from_on <= $as_of AND told.person_id = cases.custodial_id
  GROUP BY cases.case_id
),
-- What people said last of a person as a whole: asked for, it is a claim that this is somebody else; approved, it is known.
said AS (
  SELECT
    subject_id AS person_id,
    arg_max({'decision': decision, 'decided_on': decided_on}, position) AS last
  FROM ledger.decisions
  WHERE step = 'undo' AND remedy = ''
  GROUP BY subject_id
),
-- What each other state said last of its own case, where a case of ours still has a role with another state. Why it
-- closed it is not read, so that neither our role nor good cause is known until a person has entered what holds now.
elsewhere AS (
  SELECT told.case_id, told.is_closed_there, told.transaction_on,
    'csenet_transactions.csenet_transactions@' || told.source_file || ':' || told.source_line AS src
  FROM staging.csenet_transactions AS told
  JOIN caseload.cases AS cases ON cases.case_id = told.case_id AND cases.interstate <> 'none'
  WHERE told.is_closed_there IS NOT NULL AND told.transaction_on <= $as_of
  QUALIFY row_number() OVER (
    PARTITION BY told.case_id, told.other_fips, told.other_case_id
    -- Of one day the word that protects counts.
    ORDER BY told.transaction_on DESC, told.is_closed_there DESC, told.source_file DESC, told.source_line DESC) = 1
),
in_force AS (
  SELECT case_id, person_id, kind, remedy, chapter, from_on, 'caseload.stays@' || source_file || ':' || source_line AS src
  FROM caseload.stays
  WHERE from_on <= $as_of AND coalesce(to_on >= $as_of, true)
  UNION ALL BY NAME
  SELECT case_id, 'good_cause' AS kind, last.from_on,
    'assistance_referrals.assistance_referrals@' || last.file || ':' || last.line AS src
  FROM claimed
  WHERE last.event <> 'good_cause_over'
  UNION ALL BY NAME
  SELECT
    person_id,
    CASE last.decision WHEN 'approve' THEN 'wrong_person' ELSE 'identity_claim' END AS kind,
    last.decided_on AS from_on
  FROM said
  WHERE last.decision IN ('approve', 'hold')
  UNION ALL BY NAME
  SELECT case_id, 'closed_elsewhere' AS kind, transaction_on AS from_on, src
  FROM elsewhere
  WHERE is_closed_there
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
  -- A stay of a case that names a person is that person's; a tribunal's word, good cause and another state's are the case's.
  SELECT case_id, stay.kind, stay.remedy, stay.chapter, stay.from_on, stay.src
  FROM in_force AS stay
  JOIN caseload.cases AS cases USING (case_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = stay.person_id
  WHERE stay.kind IN ('tribunal', 'good_cause', 'closed_elsewhere') OR coalesce(stay.person_id = cases.obligor_id OR same.other_id IS NOT NULL, true)
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
  max(from_on) FILTER (kind = 'closed_elsewhere')                                  AS closed_elsewhere_on,
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
