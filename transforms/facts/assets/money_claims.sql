-- One row per parent and claim to money: from insurers, from the workers' compensation agency, and from what
-- the agency was told itself. A claim that several of them tell is one.
WITH
told AS (
  SELECT
    links.person_id,
    claims.claim_number,
    CASE claims.claim_type WHEN 'WC' THEN 'workers_comp' ELSE 'settlement' END      AS kind,
    claims.insurer_id                                                             AS payer_id,
    claims.insurer_name                                                           AS payer_name,
    claims.insurer_line_1                                                         AS payer_line_1,
    claims.insurer_city                                                           AS payer_city,
    claims.insurer_state                                                          AS payer_state,
    claims.insurer_zip                                                            AS payer_zip,
    claims.claim_cents,
    claims.number_was_exact,
    claims.matched_on                                                             AS told_on,
    'insurance_matches.insurance_matches@' || links.source_file || ':' || links.source_line AS src,
    CAST(NULL AS BIGINT)                                                          AS weekly_cents,
    CAST(NULL AS BOOLEAN)                                                         AS is_paying,
    links.source_file,
    links.source_line
  FROM match.links AS links
  JOIN staging.insurance_matches AS claims USING (source_file, source_line)
  WHERE links.feed = 'insurance_matches' AND claims.matched_on <= $as_of
  UNION ALL BY NAME
  SELECT
    links.person_id,
    claims.claim_number,
    'workers_comp'                                                                AS kind,
    claims.insurer_name                                                           AS payer_name,
    claims.insurer_line_1                                                         AS payer_line_1,
    claims.insurer_city                                                           AS payer_city,
    claims.insurer_state                                                          AS payer_state,
    claims.insurer_zip                                                            AS payer_zip,
    true                                                                          AS number_was_exact,
    claims.accident_on                                                            AS told_on,
    claims.weekly_cents,
    claims.is_paying,
    'workers_comp_claims.workers_comp_claims@' || links.source_file || ':' || links.source_line AS src,
    links.source_file,
    links.source_line
  FROM match.links AS links
  JOIN staging.workers_comp_claims AS claims USING (source_file, source_line)
  WHERE links.feed = 'workers_comp_claims'
),
matched AS (
  SELECT * EXCLUDE (source_file, source_line)
  FROM told
  QUALIFY row_number() OVER (
    PARTITION BY person_id, claim_number ORDER BY kind DESC, told_on DESC NULLS LAST, source_file DESC, source_line DESC
  ) = 1
),
own AS (
  SELECT *, 'caseload.lump_sums@' || source_file || ':' || source_line            AS src
  FROM caseload.lump_sums
  WHERE told_on <= $as_of
  QUALIFY row_number() OVER (
    PARTITION BY person_id, coalesce(claim_number, sum_id) ORDER BY told_on DESC, sum_id DESC) = 1
)
SELECT
  coalesce(own.person_id, matched.person_id)                                      AS person_id,
  coalesce(matched.claim_number, own.claim_number, own.sum_id)                    AS claim_number,
  coalesce(own.kind, matched.kind)                                                AS kind,
  coalesce(matched.payer_id, own.payer_id)                                        AS payer_id,
  coalesce(matched.payer_name, own.payer_name)                                    AS payer_name,
  coalesce(matched.payer_line_1, own.payer_line_1)                                AS payer_line_1,
  coalesce(matched.payer_city, own.payer_city)                                    AS payer_city,
  coalesce(matched.payer_state, own.payer_state)                                  AS payer_state,
  coalesce(matched.payer_zip, own.payer_zip)                                      AS payer_zip,
  coalesce(own.amount_cents, matched.claim_cents)                                 AS claim_cents,
  coalesce(matched.number_was_exact, true)                                        AS match_is_exact,
  coalesce(matched.told_on, own.told_on)                                          AS told_on,
  own.sum_id IS NOT NULL                                                          AS is_ours,
  own.amount_cents                                                                AS own_cents,
  own.is_wages,
  matched.weekly_cents,
  matched.is_paying,
  own.asked_let_go_cents,
  coalesce(own.let_go_cents, 0)                                                   AS let_go_cents,
  own.paid_on,
  nullif(concat_ws(';', matched.src, own.src), '')                                AS claim_src
FROM matched
FULL JOIN own ON own.person_id = matched.person_id AND own.claim_number = matched.claim_number
