-- One row per receipt of this round, tier and case: what the case asks of the tier, and what of the money reaches it.
-- A tier without a basis of its own is shared by what each case asks.
WITH
asked AS (
  SELECT
    receipt_id,
    step,
    case_id,
    any_value(ordered_on)                                                            AS ordered_on,
    sum(asked_cents)                                                                 AS asked_cents,
    coalesce(max(weight), sum(asked_cents))                                          AS weight,
    any_value(held_from)                                                             AS held_from
  FROM money.takes
  GROUP BY receipt_id, step, case_id
),
tier AS (
  SELECT receipt_id, step, sum(asked_cents) AS asked_cents, any_value(held_from) AS held_from
  FROM asked
  GROUP BY receipt_id, step
),
reached AS (
  SELECT
    tier.receipt_id,
    tier.step,
    CASE WHEN tier.step >= tier.held_from THEN 0
      ELSE greatest(abs(queue.amount_cents) - coalesce(sum(tier.asked_cents) OVER (
        PARTITION BY tier.receipt_id ORDER BY tier.step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)
    END                                                                              AS pot_cents
  FROM tier
  JOIN money.queue AS queue USING (receipt_id)
)
SELECT
  -- Lists: ids that hold any sign stay apart.
  [asked.receipt_id, CAST(asked.step AS VARCHAR)]                                    AS pot_id,
  asked.case_id                                                                      AS claim_id,
  asked.receipt_id,
  asked.step,
  asked.case_id,
  asked.ordered_on,
  CAST(reached.pot_cents AS BIGINT)                                                  AS pot_cents,
  CAST(asked.asked_cents AS BIGINT)                                                  AS asked_cents,
  asked.weight,
  false                                                                              AS none_left_out
FROM asked
JOIN reached USING (receipt_id, step)
