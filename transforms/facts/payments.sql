-- One row per case that received money: what was last paid and when, and what is on its way: receipts that are not
-- posted, and electronic payments that came and stand in no receipt yet.
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
),
electronic AS (
  SELECT *, upper(regexp_replace(short_name, '[^A-Za-z]', '', 'g')) AS letters
  FROM facts.electronic
),
named AS (
  SELECT cases.case_id, cases.obligor_id, electronic.*
  FROM electronic
  JOIN caseload.cases AS cases ON cases.case_id = electronic.named
  UNION
  SELECT cases.case_id, cases.obligor_id, electronic.*
  FROM electronic
  JOIN caseload.orders AS orders ON orders.order_id = electronic.named
  JOIN caseload.cases AS cases ON cases.case_id = orders.case_id
),
sent AS (
  SELECT * FROM named
  UNION ALL
  -- Whose case the sender does not name rightly is found by number and name together, never by the number alone.
  SELECT cases.case_id, cases.obligor_id, electronic.*
  FROM electronic
  JOIN match.people AS people ON people.person_token = electronic.person_token AND NOT people.number_is_shared
  JOIN caseload.cases AS cases ON cases.obligor_id = people.person_id
  WHERE electronic.ssn_fault IS NULL
    AND electronic.named NOT IN (SELECT named FROM named)
    AND list_bool_or(list_transform(range(1, length(letters)), lambda cut:
      starts_with(people.last_folded, letters[1:cut]) AND starts_with(people.first_folded, letters[cut + 1:])))
),
-- What came since the pay day of a payment, and what of the same parent's money stands in receipts since that day.
-- Where the receipts are known through the day on which it came and hold as much, it is one of them.
compared AS (
  SELECT
    sent.case_id,
    sent.src,
    sent.collected_cents,
    sent.arrived_on,
    known.payments_through_on >= sent.arrived_on                     AS is_due_in_receipts,
    coalesce(since.cents, 0)                                         AS receipts_cents,
    also.cents                                                       AS arrived_cents
  FROM sent
  CROSS JOIN facts.known AS known
  CROSS JOIN LATERAL (
    SELECT sum(told.net_cents) FILTER (told.net_cents > 0) AS cents
    FROM told
    JOIN caseload.cases AS cases USING (case_id)
    WHERE cases.obligor_id = sent.obligor_id AND told.received_on >= sent.withheld_on
  ) AS since
  CROSS JOIN LATERAL (
    SELECT sum(other.passed_on_cents) AS cents
    FROM (SELECT DISTINCT obligor_id, source_file, source_line, segment_no, withheld_on, passed_on_cents FROM sent) AS other
    WHERE other.obligor_id = sent.obligor_id AND other.withheld_on >= sent.withheld_on
  ) AS also
),
arrived AS (
  SELECT
    case_id,
    CAST(sum(collected_cents) AS BIGINT)                             AS cents,
    min(arrived_on)                                                  AS arrived_on,
    bool_or(coalesce(is_due_in_receipts, false))                     AS is_missing,
    string_agg(DISTINCT src, ';' ORDER BY src)                       AS src
  FROM compared
  WHERE NOT coalesce(is_due_in_receipts AND receipts_cents >= arrived_cents, false)
  GROUP BY case_id
)
SELECT
  case_id,
  paid.last.day                                                      AS last_payment_on,
  paid.last.cents                                                    AS last_payment_cents,
  paid.last.id                                                       AS last_payment_receipt_id,
  'caseload.receipts@' || paid.last.file || ':' || paid.last.line    AS last_payment_src,
  coalesce(pending.cents, 0) + coalesce(arrived.cents, 0)            AS pending_payment_cents,
  arrived.cents                                                      AS electronic_cents,
  arrived.arrived_on                                                 AS electronic_on,
  coalesce(arrived.is_missing, false)                                AS electronic_is_missing,
  nullif(concat_ws(';', pending.src, arrived.src), '')               AS pending_src
FROM paid
FULL JOIN pending USING (case_id)
FULL JOIN arrived USING (case_id)
