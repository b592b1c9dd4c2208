-- The charges as the contract has them, of the bulk and of the stories.
SELECT case_of(i) || '-' || n AS charge_id, 'O' || case_of(i) AS order_id, case_of(i) AS case_id,
  due_on, CAST(cents AS BIGINT) AS amount_cents, due_on AS known_on FROM bulk_charges
UNION ALL SELECT * FROM planted.charges
