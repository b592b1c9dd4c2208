-- One row per kind of paper: every such paper received by this day is known. An extract may be fresh while the
-- mail behind it lies unopened, and the mail opened that no extract holds yet: the earlier of the two counts, and
-- where one of them is not known, or so many lines name nobody that they may be about anybody, nothing is. A day
-- that is not over proves nothing complete: a word that cannot be true is no word, and the last true one stands.
WITH
paper AS (
  SELECT
    kind,
    CASE kind WHEN 'payments' THEN 'receipts' ELSE kind END            AS table_name,
    arg_max(complete_through_on, place) FILTER (complete_through_on <= $as_of) AS through_on
  FROM caseload.intake_complete
  GROUP BY kind
),
extract AS (
  SELECT table_name, max(complete_through_on)                          AS through_on
  FROM caseload.currency
  GROUP BY table_name
),
lost AS (
  SELECT DISTINCT table_name
  FROM caseload.rejected
  WHERE case_id IS NULL AND person_id IS NULL
)
SELECT
  paper.kind,
  paper.table_name,
  CASE
    WHEN lost.table_name IS NULL AND paper.through_on IS NOT NULL AND extract.through_on IS NOT NULL
      THEN least(paper.through_on, extract.through_on)
  END                                                                  AS complete_through_on
FROM paper
LEFT JOIN extract USING (table_name)
LEFT JOIN lost USING (table_name)
