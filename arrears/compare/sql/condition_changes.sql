-- The conditions of a line's remedy that answered otherwise across its rung.
SELECT part, condition, was, now
FROM condition
WHERE rung = $rung AND remedy = $remedy AND subject_id = $subject
ORDER BY ALL
