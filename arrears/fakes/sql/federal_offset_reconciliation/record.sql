-- What the federal offset office holds before the first night: what the agency had told it.
SELECT subject_id AS n, 'REC' AS record_id, $state AS submitting_state,
  any_value(persons.ssn) AS ssn, any_value(sent.person_id) AS case_id,
  left(upper(any_value(last_name)), 20) AS last_name,
  left(upper(any_value(first_name)), 10) AS first_name,
  CAST(max(amount_cents) // 100 AS BIGINT) AS current_arrears, right(subject_id, 1) AS case_type
FROM v.sent AS sent JOIN v.persons AS persons USING (person_id)
WHERE queue = 'federal_offset'
GROUP BY subject_id
