-- One row per wage: what of a pay period may be garnished at all. Disposable is what the law's own deductions leave of
-- the gross; what a parent chose to have deducted is not subtracted. Where nothing tells the deductions, it is unknown.
WITH
deducted AS (
  SELECT
    wage_id,
    coalesce(sum(cents) FILTER (list_contains($required_deductions, kind)), 0)       AS required_cents,
    bool_and(cents IS NOT NULL)                                                      AS is_known
  FROM input.deductions
  GROUP BY wage_id
)
SELECT
  wage.wage_id,
  CAST(CASE
    WHEN wage.disposable_cents IS NOT NULL THEN wage.disposable_cents
    WHEN wage.required_deductions_cents IS NOT NULL THEN wage.gross_cents - wage.required_deductions_cents
    WHEN deducted.is_known THEN wage.gross_cents - deducted.required_cents
  END AS BIGINT)                                                                     AS disposable_cents,
  deducted.wage_id IS NOT NULL AND wage.disposable_cents IS NULL AND wage.required_deductions_cents IS NULL
                                                                                     AS deductions_were_read
FROM input.wage AS wage
LEFT JOIN deducted USING (wage_id)
