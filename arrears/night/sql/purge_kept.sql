-- One row per number by which a row stays: of the episodes that are open and were opened on these days (on any, where no
-- day is given), and of what is held.
WITH
open AS (
  SELECT unnest([subject_id, case_id, person_id]) AS id
  FROM ledger.episodes
  WHERE closed_on IS NULL AND ($days IS NULL OR list_contains(CAST($days AS DATE[]), opened_on))
)
SELECT id
FROM open
WHERE id <> ''
UNION
SELECT id
FROM held
