-- What a night's question answered about the subjects of a remedy whose lines have left.
SELECT remedy, subject_id, part, verdict, because
FROM query($verdicts)
WHERE subject_id IN (SELECT subject_id FROM gone WHERE remedy = $remedy)
