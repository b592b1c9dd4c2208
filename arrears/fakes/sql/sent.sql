-- What one line of the opening ledger had told the partner of most cases that its remedy reaches. `$subject` is written
-- with {case} or {person}; a license is restricted only of who has one and stopped paying long ago. What is told again
-- each month or year was told again lately.
WITH reached AS (
  SELECT *, replace(replace($subject, '{case}', case_id), '{person}', person_id) AS subject_id,
    CASE $debt WHEN 'owed' THEN owed_cents WHEN 'assigned' THEN assigned_cents WHEN 'unassigned' THEN unassigned_cents END
      AS amount_cents
  FROM standing
  WHERE ($what <> 'restrict' OR (stopped_on < $first_night - 150 AND has_license AND NOT is_assisted)) AND (is_served OR NOT $needs_service)
    AND NOT (is_stopped AND $waits) AND ($needs_service OR NOT is_responding)
),
by_subject AS (
  SELECT subject_id, person_id, min(i) AS i, min(case_id) AS case_id, min(obligor_p) AS obligor_p,
    bool_or(is_served) AS is_served, min(open_on) AS open_on, min(delinquent_on) AS delinquent_on,
    sum(owed_cents) AS owed_cents, CAST(sum(amount_cents) AS BIGINT) AS amount_cents
  FROM reached GROUP BY subject_id, person_id
),
told AS (
  SELECT *, least(open_on + CAST(dice('sent ' || $what, i, 14) AS INTEGER), $known_on) AS first_sent_on
  FROM by_subject
  WHERE amount_cents >= $least_cents AND owed_cents >= $least_owed_cents
    AND dice('sent before ' || $what, i, 100) < CASE WHEN is_served THEN $share ELSE $told_unserved END
)
SELECT $remedy AS remedy, subject_id, case_id, person_id, $step AS step, $queue AS queue, $message AS message,
  CASE WHEN $target = 'license' THEN license_of(obligor_p) ELSE subject_id END AS target_id,
  CASE $again
    WHEN 'month' THEN greatest(first_sent_on, CAST(date_trunc('month', $first_night) AS DATE))
    WHEN 'year' THEN greatest(first_sent_on, $first_night - CAST(10 + dice('sent again', i, 340) AS INTEGER))
    ELSE first_sent_on END AS sent_on,
  amount_cents,
  CASE WHEN len($carry) > 0 THEN CAST(json_merge_patch('{}', json_object(
      'first_delinquency_on', CASE WHEN list_contains($carry, 'first_delinquency_on') THEN delinquent_on END,
      'highest_dollars', CASE WHEN list_contains($carry, 'highest_dollars') THEN amount_cents // 100 END,
      'reported_dollars', CASE WHEN list_contains($carry, 'reported_dollars') THEN amount_cents // 100 END,
      'certified_cents', CASE WHEN list_contains($carry, 'certified_cents') THEN amount_cents END)) AS VARCHAR) END AS carry,
  $known_on AS known_on
FROM told
