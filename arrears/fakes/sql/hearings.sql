-- Hearings that were asked for on notices of debt.
SELECT 'H' || case_of(i) AS hearing_id, case_of(i) AS case_id, 'N' || case_of(i) AS notice_id,
  'notice_of_debt' AS about, ended_on + CAST(3 + dice('asked', i, 20) AS INTEGER) AS requested_on,
  CASE WHEN is_decided THEN ended_on + 120 END AS decided_on,
  CASE WHEN is_decided THEN ['upheld', 'upheld', 'withdrawn', 'set_aside'][1 + dice('decided', i, 4)]
  END AS decision,
  CASE WHEN is_decided THEN ended_on + 124 END AS decision_mailed_on, $known_on AS known_on
FROM (SELECT *, ended_on + 124 <= $known_on AS is_decided FROM noticed)
WHERE status = 'served' AND dice('hearing', i, 20) = 0 AND ended_on + 23 <= $known_on
