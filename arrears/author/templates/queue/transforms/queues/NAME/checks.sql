-- One row per record: a true column means that the partner's edit is kept.
SELECT
  record_no,
  (action = 'R') = (owed > 0) AS report_states_a_debt
FROM record
