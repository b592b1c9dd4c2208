-- One row per case: is the statement of this year said? Nothing is taken back; another year opens anew.
SELECT
  subject_id,
  owed_cents = 0
    OR (statement_is_said
      AND statement_said_on + to_months(CAST($statement_months AS INTEGER)) > $as_of) AS said_or_paid
FROM facts.notice_facts
