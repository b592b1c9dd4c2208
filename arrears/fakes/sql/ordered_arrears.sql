-- The part for arrears of the orders to withhold that payors have, where the order sets an amount.
SELECT 'arrears_withholding' AS remedy, sent.subject_id, sent.case_id, sent.person_id, 'add' AS step, sent.queue,
  'amended' AS message, sent.target_id, sent.sent_on, orders.arrears_cents AS amount_cents, $known_on AS known_on
FROM v.sent AS sent
JOIN (SELECT case_id, arrears_cents FROM v.orders WHERE arrears_cents > 0) AS orders USING (case_id)
JOIN (SELECT case_id FROM standing WHERE is_served) USING (case_id)
WHERE sent.remedy = 'income_withholding' AND $told_unserved > 0
