-- One row per part of a receipt: to which debt of which case it goes, to whom it is paid, by which tier of which
-- waterfall. The rows of a receipt sum to the receipt. A reversal undoes the very parts of what it takes back.
--
-- Input:
--   input.receipts     receipt_id (key), person_id (who pays; else that of the case), case_id (where all of it is left
--                      over, or in doubt), received_on ($as_of), kind of money (a name of rules/waterfalls), amount_cents
--                      (negative: takes back reverses_receipt_id, all or part of it; positive beside
--                      reverses_receipt_id: gives back what a reversal took), is_on_hold (may not be paid out yet),
--                      is_joint_return, spouse_settled_on (of a federal refund: held for the spouse till then at most)
--   input.cases        case_id (key), person_id (who owes), case_class, ordered_on (ties), current_cents (current support
--                      ordered, the basis of proportions for arrears; current support is shared by what is owed of it),
--                      frequency (of current_cents; NULL: monthly), unreimbursed_cents (assistance not repaid; NULL: no cap)
--   input.balances     case_id, balance_class (current, pre_assistance, ... as the waterfalls name them), owed_cents before
--                      these receipts, is_assigned (NULL: by its class), of_month (of current support: the month of
--                      the receipts that it is current for; NULL: of any, and still one month's, so it passes through
--                      once), passed_cents (of that month, passed through to
--                      the family before these receipts; NULL: nothing)
--   input.allocations  earlier parts that a reversal may take back, and those that earlier reversals took: receipt_id,
--                      of_receipt_id (the first receipt of the chain), tier_no, tier, case_id, balance_class, pays,
--                      amount_cents
--   input.waterfall    of the state, by rules/waterfalls, each with its days: a receipt goes by that of its own
-- Output: receipt_id, kind, tier, case_id, balance_class, of_month, pays (family|state|obligor|nobody), amount_cents,
--   passed_through_cents (part of it that is assigned to the state and goes to the family),
--   of_receipt_id (whose parts these are), reason, rule (waterfall and tier), cites
SELECT
  rows.receipt_id,
  queue.kind,
  rows.tier_no,
  rows.tier,
  nullif(rows.case_id, '')                                                           AS case_id,
  rows.balance_class,
  any_value(rows.of_month)                                                           AS of_month,
  rows.pays,
  CAST(sum(rows.cents) AS BIGINT)                                                    AS amount_cents,
  -- What of it is the state's by assignment, and goes to the family all the same.
  CAST(coalesce(sum(rows.cents) FILTER (rows.is_passed), 0) AS BIGINT)               AS passed_through_cents,
  any_value(rows.of_receipt_id)                                                      AS of_receipt_id,
  any_value(rows.reason)                                                             AS reason,
  any_value(queue.holds_until_on)                                                    AS holds_until_on,
  coalesce(any_value(waterfall.rule),
    'allocation.' || CASE WHEN rows.tier IN ('held', 'over_collected') THEN rows.tier ELSE 'allocated_before' END) AS rule,
  CASE WHEN bool_or(rows.is_passed) THEN [any_value(waterfall.rule), 'pass_through.amount'] END AS rules,
  coalesce(any_value(waterfall.cites), CAST([] AS VARCHAR[]))                        AS cites
FROM money.rows AS rows
JOIN money.queue AS queue USING (receipt_id)
LEFT JOIN (
  SELECT waterfall, tier_no, any_value(rule) AS rule, any_value(cites) AS cites FROM input.waterfall GROUP BY ALL
) AS waterfall ON waterfall.waterfall = coalesce(rows.waterfall, queue.waterfall) AND waterfall.tier_no = rows.tier_no
WHERE NOT rows.is_earlier
GROUP BY rows.receipt_id, queue.kind, rows.tier_no, rows.tier, rows.case_id, rows.balance_class, rows.pays
ORDER BY rows.receipt_id, rows.tier_no, rows.case_id, rows.balance_class, rows.pays
