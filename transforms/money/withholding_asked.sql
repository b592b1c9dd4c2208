-- One row per order and wage group: what it asks for in a pay period, and the limits of the group. A group is one
-- wage, or all wages of a person where the state sums its payors. Wages of unlike cycles are summed by the year, where
-- nothing is lost by rounding; `paydays` is how often the most frequent of them is paid in a period of the group.
-- An unknown limit is NULL: nothing is cut.
WITH
wage AS (
  SELECT
    wage.*,
    CASE WHEN $sums_payors THEN coalesce(wage.person_id, wage.wage_id) ELSE wage.wage_id END AS group_id,
    cycle.per_year,
    earned.disposable_cents                                                          AS disposable,
    earned.deductions_were_read
  FROM input.wage AS wage
  JOIN money.earned AS earned USING (wage_id)
  JOIN money.cycle AS cycle ON cycle.frequency = wage.pay_frequency
),
period AS (
  SELECT
    group_id,
    CASE WHEN min(pay_frequency) = max(pay_frequency) THEN min(pay_frequency) ELSE 'annual' END AS pay_frequency
  FROM wage
  GROUP BY group_id
),
earned AS (
  SELECT
    group_id,
    any_value(cycle.per_year)                                                        AS per_year,
    max(wage.per_year) // any_value(cycle.per_year)                                  AS paydays,
    -- One payor whose pay is not known leaves the sum not known.
    CASE WHEN count(*) = count(wage.disposable)
      THEN sum(greatest(wage.disposable, 0) * wage.per_year) // any_value(cycle.per_year) END AS disposable,
    CASE WHEN bool_or(wage.supports_second_family) THEN true
      WHEN bool_or(wage.supports_second_family IS NOT NULL) THEN false END           AS has_second_family,
    sum(coalesce(wage.premium_cents, 0) * wage.per_year) // any_value(cycle.per_year) AS premium,
    -- What garnishments that come before ours take, up to the next cent: the limit is of all of them together.
    (sum(coalesce(wage.garnished_before_cents, 0) * wage.per_year) + any_value(cycle.per_year) - 1)
      // any_value(cycle.per_year)                                                   AS garnished,
    bool_or(wage.deductions_were_read)                                               AS deductions_were_read,
    min(coalesce(wage.workweek_begins_on, $as_of))                                   AS begins_on
  FROM wage
  JOIN period USING (group_id)
  JOIN money.cycle AS cycle ON cycle.frequency = period.pay_frequency
  GROUP BY group_id
),
owed AS (
  SELECT
    earned.group_id,
    earned.per_year,
    earned.paydays,
    orders.*,
    cycle.per_year                                                                   AS order_per_year,
    coalesce(orders.former_current_cents, orders.current_cents, 0)                   AS face,
    coalesce(orders.current_cents, 0) = 0                                            AS has_ended,
    CASE WHEN $arrears_age_at_least THEN orders.oldest_unpaid_on <= earned.begins_on - to_weeks($arrears_age_weeks)
      ELSE orders.oldest_unpaid_on < earned.begins_on - to_weeks($arrears_age_weeks) END AS is_older
  FROM input.orders AS orders
  JOIN wage USING (wage_id)
  JOIN earned USING (group_id)
  JOIN money.cycle AS cycle ON cycle.frequency = orders.frequency
  QUALIFY row_number() OVER (PARTITION BY earned.group_id, orders.order_id ORDER BY wage.wage_id) = 1
),
-- Arrears per installment in hundredths of a cent, since percentages are whole: fixed, floor, cap, default.
-- After current support has ended, the former amount goes on where the state says so. What a tribunal ordered for
-- arrears is never lessened by a percentage or a former amount; whether these come on top is the agency's word.
wanted AS (
  SELECT
    *,
    CASE
      WHEN has_ended AND $after_current = 'former_amount'
        THEN greatest(face, coalesce(arrears_cents, 0)) * $hundred
      WHEN has_ended AND $after_current = 'former_amount_and_percent'
        THEN greatest(face * ($hundred + coalesce($pct_fixed, 0)), coalesce(arrears_cents, 0) * $hundred)
      WHEN coalesce($pct_of_order, $pct_fixed) IS NOT NULL AND face > 0 THEN
        CASE WHEN $pct_on_top THEN face * coalesce($pct_of_order, $pct_fixed) + coalesce(arrears_cents, 0) * $hundred
          ELSE greatest(face * coalesce($pct_of_order, $pct_fixed), coalesce(arrears_cents, 0) * $hundred) END
      WHEN $pct_floor IS NOT NULL THEN greatest(coalesce(arrears_cents, 0) * $hundred, face * $pct_floor)
      WHEN $pct_cap IS NOT NULL AND NOT has_ended AND arrears_cents IS NOT NULL THEN least(arrears_cents * $hundred, face * $pct_cap)
      WHEN $pct_default IS NOT NULL THEN coalesce(arrears_cents * $hundred, face * $pct_default)
      ELSE arrears_cents * $hundred
    END                                                                              AS arrears_hundredths
  FROM owed
),
-- Amounts per installment come to pay periods by the year, half up to the cent; never more arrears than are left.
asked AS (
  SELECT
    *,
    (coalesce(current_cents, 0) * order_per_year + coalesce(current_cents, 0) * order_per_year + per_year)
      // (per_year + per_year)                                                       AS current_asked,
    CASE WHEN arrears_hundredths IS NOT NULL THEN least(
      (arrears_hundredths * order_per_year + arrears_hundredths * order_per_year + per_year * $hundred)
        // (per_year * $hundred + per_year * $hundred),
      CASE WHEN coalesce($cap_at_remaining, true) THEN greatest(past_due_cents, 0) * paydays END) END AS arrears_asked
  FROM wanted
),
limited AS (
  SELECT
    asked.*,
    earned.disposable,
    earned.has_second_family,
    earned.premium,
    earned.garnished,
    earned.deductions_were_read,
    -- Where what is owed is not known, nothing is asked for it.
    CASE WHEN past_due_cents IS NULL THEN 0
      WHEN has_ended AND $arrears_only_pct IS NOT NULL AND disposable IS NOT NULL
        THEN least(coalesce(arrears_asked, 0), disposable * $arrears_only_pct // $hundred)
      ELSE coalesce(arrears_asked, 0) END                                            AS arrears_asked_cents,
    past_due_cents > 0 AND arrears_asked IS NULL                                     AS has_no_amount,
    past_due_cents > 0 AND face > 0 AND arrears_cents > 0 AND NOT has_ended
      AND coalesce($pct_of_order, $pct_fixed) IS NOT NULL AND NOT coalesce($pct_on_top, false) AS leaves_percent_out,
    coalesce(bool_or(is_older AND past_due_cents > 0) OVER (PARTITION BY asked.group_id), false) AS any_is_older,
    CASE WHEN coalesce(has_second_family, true) THEN $pct_second ELSE $pct_single END AS base_percent,
    CASE WHEN coalesce(has_second_family, true) THEN $pct_second_12wk ELSE $pct_single_12wk END AS older_percent
  FROM asked
  JOIN earned USING (group_id)
)
SELECT
  group_id,
  order_id,
  case_id,
  ordered_on,
  CAST(per_year AS BIGINT)                                                           AS per_year,
  CAST(current_asked AS BIGINT)                                                      AS current_asked_cents,
  CAST(arrears_asked_cents AS BIGINT)                                                AS arrears_asked_cents,
  CAST(CASE WHEN is_older THEN least(arrears_asked_cents, coalesce(older_past_due_cents, past_due_cents) * paydays)
    ELSE 0 END AS BIGINT)                                                            AS older_asked_cents,
  CAST(past_due_cents AS BIGINT)                                                     AS past_due_cents,
  coalesce(is_older AND past_due_cents > 0, false)                                   AS arrears_are_older,
  has_no_amount,
  coalesce(past_due_cents > 0 AND is_older IS NULL, false)                           AS age_is_unknown,
  coalesce(leaves_percent_out, false)                                                AS leaves_percent_out,
  coalesce(leaves_percent_out AND arrears_cents * $hundred >= face * coalesce($pct_of_order, $pct_fixed), false)
                                                                                     AS ordered_decides,
  has_second_family,
  any_is_older,
  CAST(premium AS BIGINT)                                                            AS premium_cents,
  CAST(disposable AS BIGINT)                                                         AS disposable_cents,
  CASE WHEN any_is_older THEN older_percent ELSE base_percent END                    AS limit_percent,
  CAST(garnished AS BIGINT)                                                          AS garnished_cents,
  deductions_were_read,
  -- What may be taken for anything, and what only for arrears that are old enough: the share of the earnings less what
  -- garnishments before ours take.
  CAST(CASE
    WHEN disposable IS NULL THEN NULL
    WHEN $extra_reach = 'any_support' AND any_is_older THEN greatest(disposable * older_percent // $hundred - garnished, 0)
    ELSE greatest(disposable * base_percent // $hundred - garnished, 0) END AS BIGINT) AS general_cents,
  CAST(CASE
    WHEN $extra_reach = 'any_support' OR NOT any_is_older THEN 0
    WHEN disposable IS NULL THEN NULL
    ELSE greatest(disposable * older_percent // $hundred - garnished, 0)
      - greatest(disposable * base_percent // $hundred - garnished, 0) END AS BIGINT) AS extra_cents
FROM limited
