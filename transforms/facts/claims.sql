-- One row per case with a claim that is not decided: what it says is not owed. A claim that names no amount puts all
-- of the debt in question, so its amount is not known.
SELECT
  case_id,
  list_sort(list_distinct(list(kind)))                                        AS open_claims,
  CASE WHEN bool_and(amount_cents IS NOT NULL) FILTER (kind IN ('amount', 'direct_payment')) IS FALSE THEN NULL
    ELSE CAST(coalesce(sum(amount_cents) FILTER (kind IN ('amount', 'direct_payment')), 0) AS BIGINT)
  END                                                                         AS claimed_cents,
  min(received_on)                                                            AS claim_received_on,
  min(received_on) FILTER (kind = 'bureau')                                   AS bureau_dispute_received_on,
  -- A statement of direct payments counts for little unless it is sworn.
  bool_or(kind = 'direct_payment' AND notarized IS NOT TRUE)                  AS claim_needs_statement,
  string_agg('caseload.claims@' || claims.source_file || ':' || claims.source_line, ';'
    ORDER BY claims.source_file, claims.source_line)
                                                                              AS claims_src
FROM caseload.claims AS claims
JOIN caseload.cases AS cases USING (case_id)
LEFT JOIN facts.same_people AS same
  ON same.person_id = cases.obligor_id AND same.other_id = claims.person_id
-- That another person is the wrong one says nothing of this parent; an amount in question is the case's.
WHERE (kind <> 'identity' OR coalesce(claims.person_id = cases.obligor_id OR same.other_id IS NOT NULL, true))
  AND received_on <= $as_of AND coalesce(decided_on > $as_of, true)
  AND (decision IS NULL OR decided_on IS NOT NULL)
GROUP BY case_id
