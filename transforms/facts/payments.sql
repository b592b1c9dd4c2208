-- One row per case that received money: what was last paid and when, and what is on its way.
-- Only money that came in and stayed is a payment: no adjustment, no reversal, nothing that was taken back.
-- An intercepted refund counts, which is the reading that spares the parent.
WITH
told AS (
  SELECT
    case_id,
    received_on,
    receipt_id,
    net_cents,
    source_file,
    source_line,
    is_posted AND net_cents > 0 AND kind IN ('payment', 'intercept') AS is_payment,
    NOT is_posted AND net_cents > 0                                  AS is_pending
  FROM facts.receipt
),
paid AS (
  SELECT
    case_id,
    arg_max(
      {'day': received_on, 'cents': net_cents, 'id': receipt_id, 'file': source_file, 'line': source_line},
      (received_on, receipt_id))                                     AS last
  FROM told
  WHERE is_payment
  GROUP BY case_id
),
pending AS (
  SELECT
    case_id,
    CAST(sum(net_cents) AS BIGINT)                                   AS cents,
    string_agg('caseload.receipts@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                             AS src
  FROM told
  WHERE is_pending
  GROUP BY case_id
)
SELECT
  case_id,
  paid.last.day                                                      AS last_payment_on,
  paid.last.cents                                                    AS last_payment_cents,
  paid.last.id                                                       AS last_payment_receipt_id,
  'caseload.receipts@' || paid.last.file || ':' || paid.last.line    AS last_payment_src,
  coalesce(pending.cents, 0)                                         AS pending_payment_cents,
  pending.src                                                        AS pending_src
FROM paid
FULL JOIN pending USING (case_id)
