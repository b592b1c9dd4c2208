-- One row per wage and order: what the payor withholds for it in each pay period, within the limits of the
-- Consumer Credit Protection Act, and why it is not more. Every value is bound from the profile (money.yml).
--
-- Input (other columns are ignored; a column that is left out is not known):
--   input.wage     one row per payor's pay: wage_id (key), person_id (sums payors, where the state does),
--                  pay_frequency (weekly|biweekly|semimonthly|monthly|quarterly|annual), workweek_begins_on ($as_of),
--                  disposable_cents (else gross_cents - required_deductions_cents) of one pay period, NULL: no limit
--                  can be told; or by input.deductions), garnished_before_cents (what garnishments that come before ours
--                  take of it), supports_second_family (NULL: the lower limit), premium_cents (health cover, taken
--                  whole or not at all after current support), fee_taken_cents (employer's fee taken this month)
--   input.orders   one row per wage and order: wage_id, order_id, case_id, ordered_on (ties), frequency (of what
--                  follows), current_cents (0 or NULL: has ended), former_current_cents (while it ran), arrears_cents
--                  (ordered or agreed per installment; NULL: none), past_due_cents (arrears that may be withheld;
--                  NULL: not known, nothing is withheld for them), oldest_unpaid_on, older_past_due_cents (part of
--                  past_due_cents old enough for the higher limit; NULL: all, if the oldest is)
--   input.deductions what is deducted from the gross: wage_id, kind, cents; read where disposable_cents and
--                  required_deductions_cents are not told
-- Output: wage_id, order_id, case_id, pay_frequency (the payor's own, in which every amount of the row is, also where
--   wages of several cycles are summed), current_asked_cents, arrears_asked_cents, current_cents, arrears_cents, total_cents, limit_percent,
--   limit_cents (of the wage, or of all wages that are summed), arrears_are_older (the twelve-week flag of the
--   order), premium_cents, fee_cents (informational, within the limit), reasons (list), rules (list of value keys)
WITH
wage AS (
  SELECT
    wage.*,
    CASE WHEN $sums_payors THEN coalesce(wage.person_id, wage.wage_id) ELSE wage.wage_id END AS group_id,
    cycle.per_year
  FROM input.wage AS wage
  JOIN money.cycle AS cycle ON cycle.frequency = wage.pay_frequency
),
part AS (
  SELECT
    claims.claim_id                                                                  AS wage_id,
    claims.order_id,
    coalesce(sum(shares.cents) FILTER (claims.part = 'current'), 0)                  AS current_cents,
    coalesce(sum(shares.cents) FILTER (claims.part <> 'current'), 0)                 AS arrears_cents
  FROM money.claims AS claims
  LEFT JOIN money.shares AS shares USING (pot_id, claim_id)
  GROUP BY claims.claim_id, claims.order_id
),
granted AS (
  SELECT
    group_id,
    order_id,
    coalesce(sum(cents) FILTER (part = 'current'), 0)                                AS current_cents,
    coalesce(sum(cents) FILTER (part <> 'current'), 0)                               AS arrears_cents,
    coalesce(sum(cents) FILTER (part = 'older'), 0)                                  AS older_cents
  FROM money.granted
  GROUP BY group_id, order_id
),
spent AS (
  SELECT
    asked.group_id,
    -- One cycle: all of a group's amounts are by its own period.
    any_value(asked.premium_cents) <= any_value(asked.general_cents) - sum(granted.current_cents)    AS premium_fits,
    any_value(asked.general_cents) - sum(granted.current_cents)                                      AS after_current,
    sum(granted.arrears_cents) - least(sum(granted.older_cents), any_value(asked.extra_cents))       AS from_general
  FROM money.asked AS asked
  JOIN granted USING (group_id, order_id)
  GROUP BY asked.group_id
),
-- The fee gives way, never the support: it is taken from what the general limit leaves, payor by payor.
fee AS (
  SELECT
    wage.wage_id,
    wage.group_id,
    wage.per_year,
    -- A fee of which no law is known is not known, and no fee of zero.
    CASE
      WHEN CAST($fee_cents AS BIGINT) IS NULL THEN NULL
      WHEN $fee_basis = 'per_month' THEN greatest($fee_cents - coalesce(wage.fee_taken_cents, 0), 0)
      ELSE $fee_cents
    END
      * wage.per_year // period.per_year                                             AS fee_cents,
    row_number() OVER (PARTITION BY wage.group_id ORDER BY wage.wage_id)             AS place
  FROM wage
  JOIN (SELECT group_id, any_value(per_year) AS per_year FROM money.asked GROUP BY group_id) AS period USING (group_id)
),
charged AS (
  SELECT
    fee.wage_id,
    fee.group_id,
    fee.per_year,
    spent.premium_fits,
    CASE
      WHEN fee.fee_cents IS NULL OR spent.after_current IS NULL THEN fee.fee_cents
      ELSE least(fee.fee_cents, greatest(spent.after_current - spent.from_general
        - CASE WHEN spent.premium_fits THEN premium.cents ELSE 0 END
        - coalesce(sum(fee.fee_cents) OVER (PARTITION BY fee.group_id ORDER BY fee.place
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - fee.fee_cents, 0), 0))
    END                                                                              AS fee_cents
  FROM fee
  JOIN spent USING (group_id)
  JOIN (SELECT group_id, any_value(premium_cents) AS cents FROM money.asked GROUP BY group_id) AS premium USING (group_id)
),
-- What was worked out by the period of the group goes back to the cycle of each payor: half up to the cent, down where
-- the limit cuts. Several payors share what is left of the arrears as they share the payment on them.
told AS (
  SELECT
    part.wage_id,
    part.order_id,
    part.current_cents * asked.per_year                                              AS current_by_year,
    part.arrears_cents * asked.per_year                                              AS arrears_by_year,
    CASE WHEN granted.current_cents < asked.current_asked_cents OR granted.arrears_cents < asked.arrears_asked_cents
      THEN 0 ELSE 1 END                                                              AS half,
    CASE WHEN coalesce($cap_at_remaining, true) AND granted.arrears_cents > 0
      THEN asked.past_due_cents * part.arrears_cents // granted.arrears_cents END    AS left_cents
  FROM part
  JOIN wage USING (wage_id)
  JOIN money.asked AS asked ON asked.group_id = wage.group_id AND asked.order_id = part.order_id
  JOIN granted ON granted.group_id = wage.group_id AND granted.order_id = part.order_id
),
paid AS (
  SELECT
    told.wage_id,
    told.order_id,
    (current_by_year + current_by_year + half * wage.per_year) // (wage.per_year + wage.per_year) AS current_cents,
    least((arrears_by_year + arrears_by_year + half * wage.per_year) // (wage.per_year + wage.per_year), left_cents)
                                                                                     AS arrears_cents
  FROM told
  JOIN wage USING (wage_id)
)
SELECT
  part.wage_id,
  part.order_id,
  asked.case_id,
  wage.pay_frequency,
  CAST((asked.current_asked_cents * asked.per_year + asked.current_asked_cents * asked.per_year + wage.per_year)
    // (wage.per_year + wage.per_year) AS BIGINT)                                    AS current_asked_cents,
  CAST((asked.arrears_asked_cents * asked.per_year + asked.arrears_asked_cents * asked.per_year + wage.per_year)
    // (wage.per_year + wage.per_year) AS BIGINT)                                    AS arrears_asked_cents,
  CAST(part.current_cents AS BIGINT)                                                 AS current_cents,
  CAST(part.arrears_cents AS BIGINT)                                                 AS arrears_cents,
  CAST(part.current_cents + part.arrears_cents AS BIGINT)                            AS total_cents,
  asked.limit_percent,
  CAST((asked.general_cents + asked.extra_cents) * asked.per_year // wage.per_year AS BIGINT) AS limit_cents,
  asked.arrears_are_older,
  CAST(CASE WHEN coalesce(charged.premium_fits, true) THEN asked.premium_cents * asked.per_year // wage.per_year ELSE 0 END
    AS BIGINT)                                                                       AS premium_cents,
  CAST(charged.fee_cents * asked.per_year // wage.per_year AS BIGINT)                AS fee_cents,
  list_filter([
    CASE WHEN asked.general_cents IS NULL THEN 'earnings_unknown' END,
    CASE WHEN asked.garnished_cents > 0 THEN 'garnished_before' END,
    CASE WHEN asked.has_second_family IS NULL THEN 'second_family_unknown' END,
    CASE WHEN asked.past_due_cents IS NULL THEN 'past_due_unknown' END,
    CASE WHEN asked.age_is_unknown THEN 'age_unknown' END,
    CASE WHEN asked.has_no_amount THEN 'no_amount_for_arrears' END,
    CASE WHEN asked.leaves_percent_out THEN 'percent_not_on_top' END,
    CASE WHEN granted.current_cents < asked.current_asked_cents THEN 'current_cut_to_limit' END,
    CASE WHEN granted.arrears_cents < asked.arrears_asked_cents THEN 'arrears_cut_to_limit' END,
    CASE WHEN NOT charged.premium_fits AND asked.premium_cents > 0 THEN 'no_room_for_premium' END
  ], lambda reason: reason IS NOT NULL)                                              AS reasons,
  list_filter([
    CASE WHEN asked.any_is_older AND asked.has_second_family IS FALSE THEN 'ccpa_limit.max_pct_no_second_family_12wk'
      WHEN asked.any_is_older THEN 'ccpa_limit.max_pct_second_family_12wk'
      WHEN asked.has_second_family IS FALSE THEN 'ccpa_limit.max_pct_no_second_family'
      ELSE 'ccpa_limit.max_pct_second_family' END,
    CASE WHEN asked.any_is_older THEN 'ccpa_limit.extra_reach' END,
    CASE WHEN asked.deductions_were_read THEN 'ccpa_limit.required_deductions' END,
    CASE WHEN asked.past_due_cents > 0 THEN 'ccpa_limit.arrears_age_weeks' END,
    CASE WHEN granted.current_cents < asked.current_asked_cents THEN 'ccpa_limit.split_current' END,
    CASE WHEN granted.arrears_cents < asked.arrears_asked_cents THEN 'ccpa_limit.split_arrears' END,
    CASE WHEN asked.arrears_asked_cents = 0 THEN NULL
      WHEN asked.ordered_decides THEN 'ordered_amount'
      WHEN $pct_of_order IS NOT NULL THEN 'arrears_withholding.add_pct_of_order'
      WHEN $pct_fixed IS NOT NULL THEN 'arrears_withholding.add_pct_of_current'
      WHEN $pct_floor IS NOT NULL THEN 'arrears_withholding.add_pct_of_current_min'
      WHEN $pct_cap IS NOT NULL THEN 'arrears_withholding.add_pct_of_current_max'
      WHEN $pct_default IS NOT NULL THEN 'arrears_withholding.add_pct_of_current_default'
      ELSE 'ordered_amount' END,
    CASE WHEN asked.has_no_amount THEN 'silent_order' END,
    CASE WHEN charged.fee_cents > 0 THEN 'employer_fee.amount' END,
    'allocation.rounding'
  ], lambda rule: rule IS NOT NULL)                                                  AS rules
FROM paid AS part
JOIN wage USING (wage_id)
JOIN charged USING (wage_id)
JOIN money.asked AS asked ON asked.group_id = charged.group_id AND asked.order_id = part.order_id
JOIN granted ON granted.group_id = charged.group_id AND granted.order_id = part.order_id
ORDER BY part.wage_id, asked.ordered_on NULLS LAST, asked.case_id, part.order_id
