-- One row per case: which of its debt counts for the two tax refunds. Counted: true, not counted: zero, and where
-- either is not known, or the books do not agree, not known: no refund is taken for an amount in doubt.
WITH
told AS (
  SELECT
    *,
    case_is_open AND is_full_service                                              AS is_served,
    case_is_open AND is_full_service AND interstate <> 'responding'               AS is_ours_to_submit,
    has_enforceable_order AND NOT has_good_cause                                  AS has_ground,
    -- In doubt is not the same as nothing owed.
    nullif(balance_is_trusted, false)                                             AS amount_is_sure,
    -- A state without notices of debt takes what may be enforced.
    debt_gate_is_open OR CAST($challenge_days AS INTEGER) IS NULL                 AS gate_is_open,
    CASE WHEN CAST($challenge_days AS INTEGER) IS NULL THEN enforceable_cents ELSE collectable_cents END AS taken_cents
  FROM facts.case_facts
),
judged AS (
  SELECT
    *,
    is_served AND has_ground AND gate_is_open AND amount_is_sure
      AND NOT list_has_any(exempted_remedies, ['all', 'state_tax_intercept'])
      AND NOT list_has_any(disputes_about, ['all', 'state_tax_intercept'])
      AND NOT list_has_any(hearings_pending_about, ['state_tax_intercept', 'notice_of_debt']) AS counts_for_state,
    is_ours_to_submit AND has_ground AND amount_is_sure
      AND NOT list_has_any(exempted_remedies, ['all', 'federal_tax_offset'])
      AND NOT list_has_any(disputes_about, ['all', 'federal_tax_offset'])
      AND NOT list_has_any(hearings_pending_about, ['federal_offset', 'notice_of_debt'])  AS counts_for_federal
  FROM told
)
SELECT
  case_id,
  person_id,
  is_served,
  is_ours_to_submit,
  counts_for_state,
  counts_for_federal,
  CASE WHEN counts_for_state THEN taken_cents WHEN NOT counts_for_state THEN 0 END          AS state_cents,
  CASE WHEN counts_for_federal THEN assigned_enforceable_cents WHEN NOT counts_for_federal THEN 0 END   AS assigned_cents,
  CASE WHEN counts_for_federal THEN unassigned_enforceable_cents WHEN NOT counts_for_federal THEN 0 END AS unassigned_cents,
  CASE WHEN is_served THEN past_due_cents WHEN NOT is_served THEN 0 END                           AS past_due_cents,
  CASE WHEN is_served THEN enforceable_cents WHEN NOT is_served THEN 0 END                        AS enforceable_cents,
  CASE WHEN is_served THEN owed_cents WHEN NOT is_served THEN 0 END                               AS owed_cents,
  CASE WHEN is_ours_to_submit THEN assigned_owed_cents WHEN NOT is_ours_to_submit THEN 0 END      AS assigned_owed_cents,
  CASE WHEN is_ours_to_submit THEN unassigned_owed_cents WHEN NOT is_ours_to_submit THEN 0 END    AS unassigned_owed_cents
FROM judged
