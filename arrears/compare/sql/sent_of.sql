-- What has left of this very subject and remedy; where nothing has, what has left of its person.
WITH own AS (
  SELECT *, remedy = $remedy AND subject_id = $subject_id AS is_own
  FROM sent
  WHERE (remedy = $remedy AND subject_id = $subject_id) OR person_id = $person_id
)
SELECT remedy, subject_id, step, kind, queue, CAST(published_on AS VARCHAR) AS published_on
FROM own
WHERE is_own IS TRUE OR NOT EXISTS (FROM own AS other WHERE other.is_own IS TRUE)
ORDER BY remedy, subject_id, step, queue, published_on
LIMIT $few
