-- One row per receipt of the quarter that is an offset federal tax refund.
SELECT received.case_id, received.person_id, received.office, received.part, received.counted, received.src
FROM received
JOIN caseload.intercepts AS intercepts USING (receipt_id)
WHERE received.kind = 'intercept' AND intercepts.kind = 'federal_refund'
