-- Opening balances of the bulk by class.
SELECT case_of(i) AS case_id,
  CASE case_class WHEN 'never_assistance' THEN 'never_assigned'
    WHEN 'current_assistance' THEN 'during_assistance' ELSE 'post_assistance' END AS balance_class,
  CASE case_class WHEN 'current_assistance' THEN 'Y' ELSE 'N' END AS is_assigned, true AS is_main,
  opening_cents, CASE WHEN status = 'served' THEN ended_on END AS liquidated_from,
  CASE WHEN dice('dispute', i, 80) = 0 AND conduct <> 'paying' THEN least(20000, opening_cents)
       ELSE 0 END AS disputed_cents
FROM bulk LEFT JOIN (SELECT i, status, ended_on FROM noticed) USING (i)
UNION ALL
SELECT case_of(i), 'during_assistance', 'Y', false, assigned_opening_cents,
  CASE WHEN status = 'served' THEN ended_on END, 0
FROM bulk LEFT JOIN (SELECT i, status, ended_on FROM noticed) USING (i)
WHERE assigned_opening_cents > 0
