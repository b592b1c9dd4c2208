-- One row per claim on a wage group: current support first, then arrears that are old enough for the higher limit,
-- then other arrears. The pots follow from the sums: the extra is spent on old arrears before the general limit is.
WITH
total AS (
  SELECT
    group_id,
    any_value(general_cents)                                                         AS general,
    any_value(extra_cents)                                                           AS extra,
    any_value(premium_cents)                                                         AS premium,
    sum(current_asked_cents)                                                         AS current_asked,
    sum(older_asked_cents)                                                           AS older_asked,
    sum(arrears_asked_cents - older_asked_cents)                                     AS newer_asked
  FROM money.asked
  GROUP BY group_id
),
-- A premium is taken whole or not at all, after current support.
room AS (
  SELECT
    *,
    general - least(current_asked, general)
      - CASE WHEN premium <= general - least(current_asked, general) THEN premium ELSE 0 END AS left_over
  FROM total
),
pot AS (
  SELECT
    group_id,
    general                                                                          AS current_pot,
    left_over + extra                                                                AS older_pot,
    left_over - greatest(least(older_asked, left_over + extra) - extra, 0)           AS newer_pot
  FROM room
)
SELECT
  -- Lists: ids that hold any sign stay apart.
  [asked.group_id, part.name]                                                        AS pot_id,
  [asked.group_id, part.name, asked.order_id]                                        AS claim_id,
  asked.group_id,
  asked.order_id,
  part.name                                                                          AS part,
  asked.case_id,
  asked.ordered_on,
  CASE part.name WHEN 'current' THEN pot.current_pot WHEN 'older' THEN pot.older_pot ELSE pot.newer_pot END AS pot_cents,
  CASE part.name WHEN 'current' THEN asked.current_asked_cents WHEN 'older' THEN asked.older_asked_cents
    ELSE asked.arrears_asked_cents - asked.older_asked_cents END                     AS asked_cents,
  CASE CASE part.name WHEN 'current' THEN $split_current ELSE $split_arrears END
    WHEN 'equal_shares' THEN 1
    WHEN 'by_arrears' THEN coalesce(asked.past_due_cents, 0)
    ELSE asked.current_asked_cents
  END                                                                                AS weight,
  part.name = 'current'                                                              AS none_left_out
FROM money.asked AS asked
JOIN pot USING (group_id)
CROSS JOIN (VALUES ('current'), ('older'), ('newer')) AS part(name)
