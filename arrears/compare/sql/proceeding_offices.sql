-- Each group of proceedings by office, and the work that comes or goes there.
WITH
one AS (
  SELECT
    office,
    count(*) FILTER ("group" = 'begins')                                                    AS begins,
    CAST(coalesce(sum(amount_cents) FILTER ("group" = 'begins'), 0) AS BIGINT)              AS begins_cents,
    count(*) FILTER ("group" = 'no_longer_begins')                                          AS no_longer_begins,
    CAST(coalesce(sum(amount_cents) FILTER ("group" = 'no_longer_begins'), 0) AS BIGINT)    AS no_longer_begins_cents,
    count(*) FILTER ("group" = 'stays')                                                     AS stays,
    CAST(coalesce(sum(amount_cents) FILTER ("group" = 'stays'), 0) AS BIGINT)               AS stays_cents,
    count(*) FILTER ("group" = 'taken_back')                                                AS taken_back,
    CAST(coalesce(sum(amount_cents) FILTER ("group" = 'taken_back'), 0) AS BIGINT)          AS taken_back_cents,
    count(*) FILTER ("group" IN ('not_known', 'other'))                                                AS other
  FROM proceedings
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
  GROUP BY office
),
work AS (
  SELECT office, CAST(coalesce(sum(more_minutes), 0) AS BIGINT) AS more_minutes
  FROM moved
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND list = 'work'
  GROUP BY office
)
SELECT
  coalesce(one.office, work.office)                                     AS office,
  coalesce(begins, 0)                                                   AS begins,
  coalesce(begins_cents, 0)                                             AS begins_cents,
  coalesce(no_longer_begins, 0)                                         AS no_longer_begins,
  coalesce(no_longer_begins_cents, 0)                                   AS no_longer_begins_cents,
  coalesce(stays, 0)                                                    AS stays,
  coalesce(stays_cents, 0)                                              AS stays_cents,
  coalesce(taken_back, 0)                                               AS taken_back,
  coalesce(taken_back_cents, 0)                                         AS taken_back_cents,
  coalesce(other, 0)                                                    AS other,
  coalesce(more_minutes, 0)                                             AS more_minutes
FROM one
FULL JOIN work ON one.office IS NOT DISTINCT FROM work.office
WHERE one.office IS NOT NULL OR coalesce(begins + no_longer_begins + stays + taken_back + other, 0) > 0
  OR coalesce(more_minutes, 0) <> 0
ORDER BY office NULLS LAST
