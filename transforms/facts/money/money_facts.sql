-- One row per case: what of its money waits for somebody.
WITH
over AS (
  SELECT
    case_id,
    sum(open_cents)                                                               AS open_cents,
    bool_and(open_cents IS NOT NULL)                                              AS is_known,
    bool_and(is_noticed)                                                          AS is_noticed,
    min(found_on)                                                                 AS found_on,
    string_agg(DISTINCT cause, ', ' ORDER BY cause)                               AS causes,
    list_sort(list(payment_id))                                                   AS payment_ids,
    string_agg(src, ';' ORDER BY src)                                             AS src
  FROM facts.overpaid
  GROUP BY case_id
),
-- What the family asked to have decided about it: open, or decided for them. That of the parent who owes is another matter.
contested AS (
  SELECT hearings.case_id, min(hearings.requested_on) AS contested_on
  FROM caseload.hearings AS hearings
  JOIN caseload.cases AS cases USING (case_id)
  WHERE hearings.about = 'recoupment' AND hearings.requested_on <= $as_of
    AND hearings.person_id IS DISTINCT FROM cases.obligor_id
    AND (coalesce(hearings.decided_on > $as_of, true) OR hearings.decision IS NULL OR hearings.decision = 'set_aside')
  GROUP BY hearings.case_id
),
part AS (
  SELECT
    receipts.case_id,
    sum(part.amount_cents)                                                        AS cents,
    sum(part.amount_cents) FILTER (part.tier = 'over_collected')                  AS over_cents,
    sum(part.amount_cents) FILTER (part.reason = 'on_hold')                       AS on_hold_cents,
    sum(part.amount_cents) FILTER (part.tier = 'held' AND part.reason <> 'on_hold') AS held_cents,
    list_sort(list(DISTINCT part.reason) FILTER (part.tier = 'held' AND part.reason <> 'on_hold')) AS held_for
  FROM facts.allocation AS part
  JOIN facts.allocation_receipts AS receipts USING (receipt_id)
  GROUP BY receipts.case_id
),
-- Money of the last days and when it went out; what a hold keeps back is not late.
-- What was sent and came back is not paid out.
paid AS (
  SELECT receipt_id, min(disbursed_on) FILTER (counted_cents > 0) AS paid_on
  FROM facts.disbursed
  GROUP BY receipt_id
  HAVING sum(counted_cents) > 0
),
posted AS (
  SELECT
    receipt.case_id,
    receipt.receipt_id,
    receipt.net_cents,
    coalesce(told.posted_on, told.received_on)                                    AS posted_on,
    paid.paid_on
  FROM facts.receipt AS receipt
  JOIN caseload.receipts AS told ON told.receipt_id = receipt.receipt_id AND told.case_id = receipt.case_id
  CROSS JOIN facts.money_known AS known
  ANTI JOIN facts.money_held AS held ON held.receipt_id = receipt.receipt_id
  LEFT JOIN paid ON paid.receipt_id = receipt.receipt_id
  WHERE known.disbursements AND receipt.is_posted AND receipt.net_cents > 0 AND receipt.kind <> 'adjustment'
    AND coalesce(told.posted_on, told.received_on) >= $as_of - CAST($stale_after_days AS INTEGER)
),
waiting AS (
  SELECT
    case_id,
    arg_min({'posted_on': posted_on, 'paid_on': paid_on}, (paid_on IS NOT NULL, posted_on, receipt_id)) AS first,
    sum(net_cents) FILTER (paid_on IS NULL)                                       AS cents
  FROM posted
  GROUP BY case_id
)
SELECT
  fact.subject_id,
  fact.case_class = 'current_assistance'                                          AS family_is_on_assistance,
  CASE WHEN over.case_id IS NOT NULL AND over.is_known THEN CAST(over.open_cents AS BIGINT)
    WHEN over.case_id IS NULL AND known.overpayments THEN 0 END                   AS overpaid_cents,
  over.found_on                                                                   AS overpayment_found_on,
  over.causes                                                                     AS overpayment_causes,
  CASE WHEN over.case_id IS NOT NULL THEN over.is_noticed WHEN known.overpayments THEN false END AS overpayment_notice_is_sent,
  $recoup_pct IS NOT NULL                                                         AS recoupment_percent_is_set,
  CASE WHEN contested.case_id IS NOT NULL THEN true WHEN told.hearings THEN false END AS overpayment_is_contested,
  contested.contested_on                                                          AS overpayment_contested_on,
  coalesce(over.payment_ids, CAST([] AS VARCHAR[]))                               AS overpayment_ids,
  over.src                                                                        AS overpayment_src,
  CASE WHEN known.postings THEN CAST(coalesce(part.cents, 0) AS BIGINT) END       AS allocated_cents,
  CASE WHEN known.postings THEN CAST(coalesce(part.over_cents, 0) AS BIGINT) END  AS over_collected_cents,
  CASE WHEN known.postings THEN CAST(coalesce(part.on_hold_cents, 0) AS BIGINT) END    AS on_hold_cents,
  CASE WHEN known.postings THEN CAST(coalesce(part.held_cents, 0) AS BIGINT) END  AS allocation_held_cents,
  CASE WHEN known.postings THEN coalesce(part.held_for, CAST([] AS VARCHAR[])) END AS allocation_held_for,
  CASE WHEN known.disbursements THEN CAST(coalesce(waiting.cents, 0) AS BIGINT) END AS undisbursed_cents,
  waiting.first.posted_on                                                         AS disbursement_due_since_on,
  waiting.first.paid_on                                                           AS disbursed_on
FROM facts.case_facts AS fact
CROSS JOIN facts.money_known AS known
LEFT JOIN facts.known_case AS told ON told.case_id = fact.case_id
LEFT JOIN over ON over.case_id = fact.case_id
LEFT JOIN contested ON contested.case_id = fact.case_id
LEFT JOIN part ON part.case_id = fact.case_id
LEFT JOIN waiting ON waiting.case_id = fact.case_id
