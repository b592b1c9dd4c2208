-- The notices of debt of the bulk.
SELECT 'N' || case_of(i) AS notice_id, case_of(i) AS case_id, person_of(obligor_p) AS person_id,
  'notice_of_debt' AS about, debt_cents, sent_on,
  CASE WHEN status = 'served' THEN ended_on END AS served_on,
  CASE WHEN status = 'returned' THEN ended_on END AS returned_on, status, $known_on AS known_on
FROM noticed
