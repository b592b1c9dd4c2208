-- What one line of the opening ledger had told the partner of most cases that its remedy reaches. `$subject` is written
-- with {case} or {person}; a license is restricted only of who has one and stopped paying long ago.
WITH reached AS (
  SELECT standing.*, replace(replace($subject, '{case}', case_id), '{person}', person_id) AS subject_id,
    CASE $debt WHEN 'owed' THEN owed_cents WHEN 'assigned' THEN assigned_cents WHEN 'unassigned' THEN unassigned_cents END
      AS amount_cents
  FROM standing
  WHERE $what <> 'restrict' OR (stopped_on < $first_night - 150 AND has_license)
),
carried AS (
  SELECT *, json_merge_patch('{}', json_object(
      'first_delinquency_on', CASE WHEN list_contains($carry, 'first_delinquency_on') THEN delinquent_on END,
      'highest_dollars', CASE WHEN list_contains($carry, 'highest_dollars') THEN amount_cents // 100 END,
      'reported_dollars', CASE WHEN list_contains($carry, 'reported_dollars') THEN amount_cents // 100 END,
      'certified_cents', CASE WHEN list_contains($carry, 'certified_cents') THEN amount_cents END)) AS carry
  FROM reached
)
SELECT $remedy AS remedy, subject_id, case_id, person_id, $step AS step, $queue AS queue, $message AS message,
  CASE WHEN $target = 'license' THEN license_of(obligor_p) ELSE subject_id END AS target_id,
  open_on + CAST(dice('sent ' || $what, i, 14) AS INTEGER) AS sent_on, amount_cents,
  CASE WHEN len($carry) > 0 THEN CAST(carry AS VARCHAR) END AS carry, $known_on AS known_on
FROM carried
WHERE amount_cents >= $least_cents AND dice('sent before ' || $what, i, 100) < $share
