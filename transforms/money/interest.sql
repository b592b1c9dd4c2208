-- One row per case: interest and penalty for the month that ends. The base is past-due principal, never earlier
-- interest; half up to the cent.
-- Input: input.accounts, case_id (key), principal_cents (past due on the last day of the month), required_payment_made
--   (NULL: not known, nothing is charged), is_excluded (withholding alone, another state's order, before the
--   application; NULL: not known).
-- Output: interest_cents (to the family), penalty_cents (to the state), reason where nothing is charged, rules.
WITH
judged AS (
  SELECT
    *,
    CASE
      WHEN $interest_points IS NULL AND $penalty_points IS NULL THEN 'no_rate'
      WHEN $assessed <> 'monthly' THEN 'assessed_yearly'
      WHEN is_excluded THEN 'excluded'
      WHEN principal_cents <= coalesce($floor_cents, 0) THEN 'not_over_floor'
      WHEN required_payment_made THEN 'required_payment_made'
      WHEN principal_cents IS NULL OR required_payment_made IS NULL OR is_excluded IS NULL THEN 'not_known'
    END                                                                              AS reason
  FROM input.accounts
)
SELECT
  case_id,
  CAST(principal_cents AS BIGINT)                                                    AS principal_cents,
  CAST(CASE WHEN reason IS NULL THEN coalesce((principal_cents * $interest_points + principal_cents * $interest_points
    + $myriad) // ($myriad + $myriad), 0) ELSE 0 END AS BIGINT)                      AS interest_cents,
  CAST(CASE WHEN reason IS NULL THEN coalesce((principal_cents * $penalty_points + principal_cents * $penalty_points
    + $myriad) // ($myriad + $myriad), 0) ELSE 0 END AS BIGINT)                      AS penalty_cents,
  reason,
  CASE reason
    WHEN 'not_over_floor' THEN ['interest_penalty.floor']
    WHEN 'required_payment_made' THEN ['interest_penalty.excluded_when']
    WHEN 'excluded' THEN ['interest_penalty.excluded_when']
    ELSE ['interest_penalty.interest_rate_month', 'interest_penalty.penalty_rate_month', 'interest_penalty.compounding']
  END                                                                                AS rules
FROM judged
ORDER BY case_id
