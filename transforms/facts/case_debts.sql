-- One row per case: which of its debt counts for the two tax refunds. Counted: true, not counted: zero, and where
-- either is not known, or the books do not agree, not known: no refund is taken for an amount in doubt.
WITH
told AS (
  SELECT
    fact.*,
    fact.case_is_open AND fact.is_full_service                                    AS is_served,
    fact.case_is_open AND fact.is_full_service AND fact.interstate <> 'responding' AS is_ours_to_submit,
    counted.counts_for_state_refund                                               AS counts_for_state,
    counted.counts_for_federal_refund                                             AS counts_for_federal,
    CASE WHEN coalesce($liquidated_only, true) THEN fact.collectable_cents ELSE fact.enforceable_cents END AS taken_cents
  FROM facts.case_facts AS fact
  JOIN facts.case_counts AS counted USING (case_id)
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
FROM told
