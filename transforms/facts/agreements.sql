-- One row per case with an agreement of the parent who owes: how the one that was signed last stands tonight.
WITH
latest AS (
  SELECT agreements.*
  FROM caseload.agreements AS agreements
  JOIN caseload.cases AS cases USING (case_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = agreements.person_id
  -- What another person signed binds and protects that person alone.
  WHERE coalesce(agreements.signed_on <= $as_of, true) AND coalesce(agreements.person_id = cases.obligor_id OR same.other_id IS NOT NULL, true)
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY signed_on DESC NULLS LAST, agreement_id DESC) = 1
)
SELECT
  case_id,
  signed_on,
  -- A breach that is dated later had not happened yet.
  (status = 'kept' OR coalesce(status = 'broken' AND broken_on > $as_of, false))
    AND coalesce(broken_on > $as_of, true) AND coalesce(ends_on >= $as_of, true)  AS agreement_is_kept,
  includes_current                                                               AS agreement_includes_current,
  CASE WHEN broken_on <= $as_of THEN broken_on END                               AS agreement_broken_on,
  coalesce(inability_reported_on <= $as_of, false)                               AS inability_reported,
  'caseload.agreements@' || source_file || ':' || source_line                    AS agreement_src
FROM latest
