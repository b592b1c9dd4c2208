-- Each item of `scored` with the worker it is given to tonight: their own cases up to the office's mean of minutes; what is
-- over it goes, in one fixed order of cases, to those who have room.
WITH
load AS (
  SELECT office, worker, coalesce(case_id, person_id, item_id) AS whole, sum(minutes) AS minutes
  FROM scored
  WHERE office IS NOT NULL AND worker IS NOT NULL
  GROUP BY ALL
),
-- A fixed order that has nothing to do with how urgent a case is, so that it stays where it was last night.
running AS (
  SELECT *, sum(minutes) OVER (PARTITION BY office, worker ORDER BY sha256(whole), whole) AS upto
  FROM load
),
worker AS (
  SELECT office, worker, sum(minutes) AS own,
    ceil(sum(sum(minutes)) OVER of_office / count(*) OVER of_office) AS mean
  FROM load
  GROUP BY office, worker
  WINDOW of_office AS (PARTITION BY office)
),
kept AS (
  SELECT running.*, running.upto <= worker.mean AS stays
  FROM running JOIN worker USING (office, worker)
),
room AS (
  SELECT office, worker, sum(free) OVER told - free AS first_minute, sum(free) OVER told AS last_minute
  FROM (
    SELECT worker.office, worker.worker,
      worker.mean - coalesce(sum(kept.minutes) FILTER (kept.stays), 0) AS free
    FROM worker LEFT JOIN kept USING (office, worker)
    GROUP BY worker.office, worker.worker, worker.mean
  )
  WHERE free > 0
  WINDOW told AS (PARTITION BY office ORDER BY worker)
),
moved AS (
  SELECT office, worker, whole,
    sum(minutes) OVER (PARTITION BY office ORDER BY sha256(whole), whole) - minutes / $halves AS middle
  FROM kept
  WHERE NOT stays
)
SELECT item_id, coalesce(room.worker, scored.worker) AS assigned
FROM scored
JOIN moved ON moved.office = scored.office AND moved.worker = scored.worker
  AND moved.whole = coalesce(scored.case_id, scored.person_id, scored.item_id)
LEFT JOIN room ON room.office = moved.office
  AND moved.middle > room.first_minute AND moved.middle <= room.last_minute
