-- The subjects whose verdict differs, and how it moves: who enters, who leaves, and the dollars it is about.
SELECT
  CASE 'flag' WHEN enter_now THEN 'enters' WHEN enter_was THEN 'leaves' ELSE 'other' END AS moves,
  changed.* EXCLUDE (list, kind),
  low.is_low_income,
  coalesce(CASE WHEN enter_now = 'flag' THEN now_cents END, was_cents, now_cents) AS amount_cents
FROM changed
LEFT JOIN low_income AS low USING (person_id)
WHERE list = 'verdict'
  AND enter_was IS DISTINCT FROM enter_now
  AND ($remedy IS NULL OR remedy = $remedy)
