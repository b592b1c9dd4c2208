-- How each deadline of the night stands, as an assessor counts it.
SELECT
  deadline,
  subject_id,
  case_id,
  person_id,
  office,
  CASE
    WHEN status = 'met' AND met_on <= ends_on THEN 'met'
    WHEN status = 'met' AND met_on > ends_on THEN 'failed'
    WHEN status = 'overdue' THEN 'failed'
    WHEN status IN ('running', 'due_soon') THEN 'running'
    ELSE 'unknown'
  END AS outcome,
  said,
  anchor_on
FROM plan.deadlines
