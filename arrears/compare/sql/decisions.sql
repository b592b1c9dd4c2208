-- What was decided on this very line or subject; else what was approved about the person and has left.
WITH own AS (
  SELECT *, item_id = $key OR (remedy = $remedy AND subject_id = $subject_id) AS is_own FROM said
)
SELECT
  decision_id, item_id, decision, step, by_user, role, reason_code,
  CAST(decided_on AS VARCHAR) AS decided_on,
  CAST(until_on AS VARCHAR) AS until_on
FROM own
WHERE is_own IS TRUE
  OR (
    NOT EXISTS (FROM own AS other WHERE other.is_own IS TRUE)
    AND decision = 'approve'
    AND EXISTS (
      FROM sent
      WHERE sent.remedy = own.remedy AND sent.subject_id = own.subject_id AND sent.person_id = $person_id))
ORDER BY position
