-- One row per case and payor for which a person stated what part of the support it bears. Shares count once they come to
-- a whole dollar; where one of a case was lost on its way that is not known. What a payor bore whose job ended, or whose
-- pay has stopped, goes to the others by their own shares: of each amount this payor bears what lies between `before`
-- and `upto` of `whole`, so that the parts sum to the cent.
WITH
stated AS (
  SELECT
    shares.case_id || ':' || shares.fein                                 AS subject_id,
    shares.case_id,
    shares.fein,
    shares.share_cents,
    shares.stated_on,
    known.rejected,
    CASE WHEN beside.is_over THEN 0 ELSE shares.share_cents END           AS weight,
    'caseload.payor_shares@' || shares.source_file || ':' || shares.source_line AS src
  FROM caseload.payor_shares AS shares
  LEFT JOIN facts.other_payors AS beside ON beside.subject_id = shares.case_id || ':' || shares.fein
  LEFT JOIN facts.work_known AS known ON known.case_id = shares.case_id
  WHERE shares.stated_on <= $as_of
)
SELECT
  subject_id,
  case_id,
  share_cents,
  stated_on,
  CAST(sum(share_cents) OVER (PARTITION BY case_id) AS BIGINT)           AS stated_cents,
  CASE WHEN list_contains(rejected, 'payor_shares') THEN NULL
    ELSE sum(share_cents) OVER (PARTITION BY case_id) = $hundred END     AS adds_up,
  CAST(sum(weight) OVER parts - weight AS BIGINT)                        AS before,
  CAST(sum(weight) OVER parts AS BIGINT)                                 AS upto,
  CAST(nullif(sum(weight) OVER (PARTITION BY case_id), 0) AS BIGINT)     AS whole,
  src
FROM stated
WINDOW parts AS (PARTITION BY case_id ORDER BY fein ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
