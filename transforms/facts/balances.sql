-- One row per case with balances: what the agency says is owed, by kind, and what charges and receipts come to
-- on the same day. A kind of debt whose assignment is not known makes both sides not known. Installments that no order
-- explains are no part of the recomputed balance; those that changed terms no longer ask for may still be in the
-- agency's.
WITH
class AS (
  SELECT
    *,
    CASE WHEN disputed_cents IS NOT NULL AND barred_cents IS NOT NULL
      THEN greatest(past_due_cents - disputed_cents - barred_cents, 0) END                    AS enforceable,
    CASE WHEN liquidated_cents IS NOT NULL AND disputed_cents IS NOT NULL AND barred_cents IS NOT NULL
      THEN greatest(least(liquidated_cents, past_due_cents) - disputed_cents - barred_cents, 0) END AS collectable,
    CASE WHEN barred_cents IS NOT NULL THEN greatest(past_due_cents - barred_cents, 0) END    AS owed,
    least(past_due_cents, 0)                                                                  AS credit
  FROM caseload.balances
),
agency AS (
  SELECT
    case_id,
    sum(past_due_cents)                                                        AS past_due,
    sum(past_due_cents) FILTER (is_assigned)                                   AS assigned,
    sum(past_due_cents) FILTER (NOT is_assigned)                               AS unassigned,
    bool_and(is_assigned IS NOT NULL OR past_due_cents = 0)                    AS assignment_is_known,
    CASE WHEN count(*) = count(liquidated_cents) THEN sum(liquidated_cents) END AS liquidated,
    CASE WHEN count(*) = count(disputed_cents) THEN sum(disputed_cents) END    AS disputed,
    CASE WHEN count(*) = count(barred_cents) THEN sum(barred_cents) END        AS barred,
    CASE WHEN count(*) = count(opening_cents) THEN sum(opening_cents) END      AS opening,
    CASE WHEN count(*) = count(collectable) THEN sum(collectable) END          AS collectable,
    -- What is owed of each kind less what it has too much; below zero, the rest lowers the other kind.
    coalesce(sum(enforceable + credit) FILTER (is_assigned), 0)                AS assigned_enforceable,
    coalesce(sum(enforceable + credit) FILTER (NOT is_assigned), 0)            AS unassigned_enforceable,
    coalesce(sum(owed + credit) FILTER (is_assigned), 0)                       AS assigned_owed,
    coalesce(sum(owed + credit) FILTER (NOT is_assigned), 0)                   AS unassigned_owed,
    bool_and(enforceable IS NOT NULL)                                          AS enforceable_is_known,
    bool_and(owed IS NOT NULL)                                                 AS owed_is_known,
    string_agg('caseload.balances@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                       AS past_due_src
  FROM class
  GROUP BY case_id
),
received AS (
  SELECT case_id, sum(amount_cents) AS cents
  FROM caseload.receipts
  CROSS JOIN facts.known AS known
  WHERE status = 'posted' AND coalesce(posted_on, received_on) <= least(known.balances_through_on, $as_of)
  GROUP BY case_id
),
summed AS (
  SELECT
    agency.*,
    agency.opening + coalesce(accrual.charged_cents, 0) - coalesce(received.cents, 0) AS recomputed,
    coalesce(accrual.lowered_cents, 0)                                         AS lowered,
    -- Where the terms of a changed order are not told, what goes beyond the last ones may be right.
    accrual.unsure_cents > 0 OR (accrual.over_terms_cents > 0 AND NOT known.terms) AS is_unsure,
    known.charges AND known.receipts AND known.orders AND known.children       AS is_complete
  FROM agency
  JOIN facts.known_case AS known USING (case_id)
  LEFT JOIN facts.accrual AS accrual USING (case_id)
  LEFT JOIN received USING (case_id)
)
SELECT
  case_id,
  CAST(past_due AS BIGINT)                                                     AS past_due_cents,
  CAST(CASE WHEN assignment_is_known THEN coalesce(assigned, 0) END AS BIGINT)   AS assigned_cents,
  CAST(CASE WHEN assignment_is_known THEN coalesce(unassigned, 0) END AS BIGINT) AS unassigned_cents,
  CAST(liquidated AS BIGINT)                                                   AS liquidated_cents,
  CAST(disputed AS BIGINT)                                                     AS disputed_cents,
  CAST(barred AS BIGINT)                                                       AS barred_cents,
  CAST(opening AS BIGINT)                                                      AS opening_cents,
  -- A credit in one kind of debt lowers what may be collected of the others.
  CAST(CASE WHEN collectable IS NOT NULL
    THEN least(collectable, greatest(past_due - disputed - barred, 0)) END AS BIGINT) AS collectable_cents,
  CAST(CASE WHEN disputed IS NOT NULL AND barred IS NOT NULL
    THEN greatest(past_due - disputed - barred, 0) END AS BIGINT)              AS enforceable_cents,
  CAST(CASE WHEN barred IS NOT NULL THEN greatest(past_due - barred, 0) END AS BIGINT) AS owed_cents,
  CAST(CASE WHEN assignment_is_known AND enforceable_is_known
    THEN greatest(assigned_enforceable + least(unassigned_enforceable, 0), 0) END AS BIGINT) AS assigned_enforceable_cents,
  CAST(CASE WHEN assignment_is_known AND enforceable_is_known
    THEN greatest(unassigned_enforceable + least(assigned_enforceable, 0), 0) END AS BIGINT) AS unassigned_enforceable_cents,
  CAST(CASE WHEN assignment_is_known AND owed_is_known
    THEN greatest(assigned_owed + least(unassigned_owed, 0), 0) END AS BIGINT)   AS assigned_owed_cents,
  CAST(CASE WHEN assignment_is_known AND owed_is_known
    THEN greatest(unassigned_owed + least(assigned_owed, 0), 0) END AS BIGINT)   AS unassigned_owed_cents,
  CAST(CASE WHEN is_complete THEN recomputed END AS BIGINT)                    AS recomputed_past_due_cents,
  -- The agency may or may not have entered what a later change of the terms took away.
  CAST(CASE
    WHEN NOT is_complete THEN NULL
    WHEN abs(past_due - recomputed) <= $tolerance_cents THEN 0
    ELSE lowered
  END AS BIGINT)                                                               AS lowered_cents,
  CASE WHEN is_complete AND is_unsure IS NOT TRUE
    THEN abs(past_due - recomputed) <= $tolerance_cents OR abs(past_due - lowered - recomputed) <= $tolerance_cents
  END                                                                          AS balance_is_trusted,
  past_due_src
FROM summed
