-- One row per claim: its part of its pot. A pot that does not reach is shared by weight; nobody gets more than they
-- ask, what they leave goes to the others by their weights, and a claim without weight waits until those with one
-- are full. Parts are whole cents by largest remainder; ties: oldest order, then case, then claim.
-- Reads money.claims: pot_id, pot_cents (NULL: no limit), claim_id, asked_cents, weight, ordered_on, case_id,
-- none_left_out (yes: if the pot has a cent for each, each gets at least one).
WITH
claim AS (
  SELECT
    pot_id,
    pot_cents,
    claim_id,
    asked_cents,
    ordered_on,
    case_id,
    none_left_out,
    CAST(asked_cents AS HUGEINT)                                                     AS asked,
    CASE WHEN weight > 0 THEN CAST(weight AS HUGEINT) ELSE CAST(asked_cents AS HUGEINT) END AS shared_by,
    weight > 0                                                                       AS is_weighed
  FROM money.claims
  WHERE asked_cents > 0
),
pot AS (
  SELECT
    pot_id,
    CAST(least(any_value(pot_cents), sum(asked_cents)) AS HUGEINT)                   AS cents,
    CAST(coalesce(sum(asked_cents) FILTER (is_weighed), 0) AS HUGEINT)               AS weighed_asked
  FROM claim
  GROUP BY pot_id
),
-- What those with weight may have, and what they leave.
half AS (
  SELECT pot_id, true AS is_weighed, least(cents, weighed_asked) AS cents FROM pot
  UNION ALL
  SELECT pot_id, false AS is_weighed, greatest(cents - weighed_asked, 0) AS cents FROM pot
),
-- A claim is full if the pot lasts to the level, in cents per weight, at which it is.
level AS (
  SELECT
    one.pot_id,
    one.claim_id,
    sum(other.asked) FILTER (other.asked * one.shared_by <= one.asked * other.shared_by)     AS asked_below,
    coalesce(sum(other.shared_by)
      FILTER (other.asked * one.shared_by > one.asked * other.shared_by), 0)                 AS weight_above
  FROM claim AS one
  JOIN claim AS other ON other.pot_id = one.pot_id AND other.is_weighed = one.is_weighed
  GROUP BY one.pot_id, one.claim_id
),
leveled AS (
  SELECT
    claim.*,
    half.cents                                                                                   AS half_cents,
    level.asked_below * claim.shared_by + claim.asked * level.weight_above <= half.cents * claim.shared_by AS is_full
  FROM claim
  JOIN half USING (pot_id, is_weighed)
  JOIN level USING (pot_id, claim_id)
),
shared AS (
  SELECT
    *,
    half_cents - coalesce(sum(asked) FILTER (is_full) OVER side, 0)                  AS left_cents,
    sum(shared_by) FILTER (NOT is_full) OVER side                                    AS left_weight
  FROM leveled
  WINDOW side AS (PARTITION BY pot_id, is_weighed)
),
floored AS (
  SELECT
    *,
    CASE WHEN is_full THEN asked ELSE left_cents * shared_by // left_weight END      AS floor_cents,
    CASE WHEN is_full THEN -1 ELSE left_cents * shared_by % left_weight END          AS remainder
  FROM shared
),
rounded AS (
  SELECT
    *,
    floor_cents + CASE
      WHEN row_number() OVER (PARTITION BY pot_id, is_weighed ORDER BY remainder DESC, ordered_on NULLS LAST, case_id, claim_id)
        <= half_cents - sum(floor_cents) OVER (PARTITION BY pot_id, is_weighed) THEN 1 ELSE 0
    END                                                                              AS part
  FROM floored
),
-- Whoever would get nothing gets one cent of the largest parts, as far as these keep one themselves.
spared AS (
  SELECT
    *,
    greatest(part - 1, 0)                                                            AS spare,
    sum(greatest(part - 1, 0)) OVER (
      PARTITION BY pot_id ORDER BY part DESC, ordered_on NULLS LAST, case_id, claim_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)                              AS spared_before,
    sum(greatest(part - 1, 0)) OVER (PARTITION BY pot_id)                            AS spare_in_all,
    count(*) FILTER (part = 0 AND none_left_out) OVER (PARTITION BY pot_id)          AS left_out
  FROM rounded
)
SELECT
  pot_id,
  claim_id,
  CAST(CASE
    WHEN spare_in_all < left_out THEN part
    WHEN part = 0 AND none_left_out THEN 1
    ELSE part - least(spare, greatest(left_out - coalesce(spared_before, 0), 0))
  END AS BIGINT)                                                                     AS cents
FROM spared
