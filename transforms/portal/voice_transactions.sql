-- One row per transaction that the voice response reads out, the newest first: what came in, and what was paid to the
-- caller, in codes.
WITH
moved AS (
  SELECT
    case_id,
    person_id,
    role,
    CASE kind WHEN 'reversal' THEN 'R' WHEN 'adjustment' THEN 'A' ELSE 'C' END AS transaction_code,
    received_on                                           AS transaction_on,
    amount_cents,
    CASE status WHEN 'posted' THEN 'P' ELSE 'W' END       AS status_code,
    receipt_id                                            AS place
  FROM portal.collections
  UNION ALL
  SELECT
    case_id,
    person_id,
    role,
    'D',
    disbursed_on,
    amount_cents,
    CASE status WHEN 'sent' THEN 'P' WHEN 'returned' THEN 'B' ELSE 'W' END,
    disbursement_id
  FROM portal.disbursements
  WHERE disbursed_on IS NOT NULL
),
counted AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY case_id, role
      ORDER BY transaction_on DESC, transaction_code, place
    )                                                     AS transaction_no
  FROM moved
)
SELECT
  case_id,
  person_id,
  CASE role WHEN 'obligor' THEN 'O' ELSE 'C' END          AS role_code,
  transaction_no,
  transaction_code,
  transaction_on,
  amount_cents,
  status_code
FROM counted
WHERE transaction_no <= $read_out
ORDER BY case_id, role_code, transaction_no
