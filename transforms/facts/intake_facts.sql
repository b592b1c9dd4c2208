-- One row per kind of paper of which the extract in force does not say, in a word that can be true, through which day
-- all of it is in: a day that has not come, or none where the deliveries before it named one.
WITH
told AS (
  SELECT
    kind,
    arg_max(complete_through_on, place)                                       AS through_on,
    arg_max(source_file || ':' || source_line, place)                         AS src
  FROM caseload.intake_complete
  WHERE complete_through_on <= $as_of
  GROUP BY kind
),
claim AS (
  SELECT kind, complete_through_on, source_file || ':' || source_line AS src
  FROM caseload.intake
)
SELECT
  coalesce(claim.kind, told.kind)                                               AS subject_id,
  CAST(NULL AS VARCHAR)                                                       AS case_id,
  CAST(NULL AS VARCHAR)                                                       AS person_id,
  CAST(NULL AS VARCHAR)                                                       AS office,
  CAST(NULL AS VARCHAR)                                                       AS worker,
  coalesce(claim.kind, told.kind)                                               AS paper,
  claim.complete_through_on                                                     AS paper_claimed_on,
  told.through_on                                                             AS paper_through_on,
  'caseload.intake@' || coalesce(claim.src, told.src)                           AS paper_src
FROM claim
FULL JOIN told USING (kind)
WHERE coalesce(claim.complete_through_on > $as_of, true)
