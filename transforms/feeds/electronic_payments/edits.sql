-- One row per payment; the first true column is the reason it is set aside.
SELECT
  'payment' AS record,
  source_line,
  transaction_code IN ('27', '37')
    AS "a debit: it takes money and brings none",
  transmittal_amount = 0
    AS "no money came with it",
  application_id <> 'ZZ' AND case_identifier IS NULL
    AS "it names no case",
  application_id <> 'ZZ' AND ncp_ssn IS NULL
    AS "the number of the parent is missing",
  application_id <> 'ZZ' AND pay_date IS NULL
    AS "it does not say from which pay it was withheld",
  application_id <> 'ZZ' AND collection_amount IS NULL
    AS "it does not say what was collected",
  application_id IN ('RI', 'RT', 'RO') AND collection_amount < transmittal_amount
    AS "less was collected than came, and a fee makes it more",
  application_id NOT IN ('RI', 'RT', 'RO', 'ZZ') AND collection_amount <> transmittal_amount
    AS "another amount was collected than came, and no fee was kept back",
  row_number() OVER (PARTITION BY trace_number ORDER BY source_line) <> 1
    AS "the same trace number stands in the file before"
FROM payment
