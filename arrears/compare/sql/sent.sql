-- What left between the two runs.
SELECT remedy, subject_id, person_id, step, kind, queue, published_on
FROM now.published
ANTI JOIN was.published USING (action_id, batch_no)
