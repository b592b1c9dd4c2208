-- One row per receipt in the order in which the money of one parent is allocated: by the day it came in, what takes
-- money back after what brought it. The n-th receipts of all parents are allocated together, in round n.
SELECT
  receipts.receipt_id,
  coalesce(receipts.person_id, cases.person_id, receipts.case_id)                    AS group_id,
  receipts.case_id,
  receipts.received_on,
  receipts.kind,
  CAST(receipts.amount_cents AS BIGINT)                                              AS amount_cents,
  receipts.reverses_receipt_id,
  row_number() OVER (
    PARTITION BY coalesce(receipts.person_id, cases.person_id, receipts.case_id)
    ORDER BY receipts.received_on NULLS FIRST, receipts.amount_cents < 0, receipts.receipt_id) AS round
FROM input.receipts AS receipts
LEFT JOIN input.cases AS cases USING (case_id)
