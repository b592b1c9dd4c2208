-- One row per subject and remedy to which something happens under the other law, by what it does to the proceeding: begun
-- is one of which something was sent or served before the night. What would begin or end, and what would be taken back, is
-- what the plan of the night says under either law; a remedy that gives no verdicts opens and keeps nothing.
WITH
verdict AS (
  SELECT
    coalesce(now.remedy, was.remedy)         AS remedy,
    coalesce(now.subject_id, was.subject_id) AS subject_id,
    coalesce(now.case_id, was.case_id)       AS case_id,
    coalesce(now.person_id, was.person_id)   AS person_id,
    coalesce(now.office, was.office)         AS office,
    coalesce(now.worker, was.worker)         AS worker,
    was.says                                 AS was,
    now.says                                 AS now,
    was.enter_verdict                        AS enter_was,
    now.enter_verdict                        AS enter_now,
    was.stay_verdict                         AS stay_was,
    now.stay_verdict                         AS stay_now,
    coalesce(CASE WHEN now.enter_verdict = 'flag' THEN now.amount_cents END, was.amount_cents, now.amount_cents)
                                             AS amount_cents
  FROM query_table($was) AS was
  FULL JOIN query_table($now) AS now USING (list, key)
  WHERE list = 'verdict' AND was.says IS DISTINCT FROM now.says
),
was_back AS (
  SELECT episode_id FROM read_parquet($was_ending)
  UNION
  SELECT episode_id FROM read_parquet($was_acts) WHERE kind = 'release'
),
now_back AS (
  SELECT episode_id FROM read_parquet($now_ending)
  UNION
  SELECT episode_id FROM read_parquet($now_acts) WHERE kind = 'release'
),
begun AS (
  SELECT DISTINCT episode_id FROM published
),
episode AS (
  SELECT
    episode_id,
    coalesce(now.remedy, was.remedy)                              AS remedy,
    coalesce(now.subject_id, was.subject_id)                      AS subject_id,
    coalesce(now.case_id, was.case_id)                            AS case_id,
    coalesce(now.person_id, was.person_id)                        AS person_id,
    begun.episode_id IS NOT NULL                                  AS has_begun,
    was_back.episode_id IS NULL AND list_contains(CAST($was_remedies AS VARCHAR[]), was.remedy) IS TRUE AS stood,
    now_back.episode_id IS NULL AND list_contains(CAST($now_remedies AS VARCHAR[]), now.remedy) IS TRUE AS stands,
    was_back.episode_id IS NOT NULL                               AS was_back,
    now_back.episode_id IS NOT NULL                               AS now_back
  FROM read_parquet($was_episode) AS was
  FULL JOIN read_parquet($now_episode) AS now USING (episode_id)
  LEFT JOIN was_back USING (episode_id)
  LEFT JOIN now_back USING (episode_id)
  LEFT JOIN begun USING (episode_id)
),
reached AS (
  SELECT
    remedy,
    subject_id,
    coalesce(nullif(verdict.case_id, ''), nullif(episode.case_id, ''))     AS case_id,
    coalesce(nullif(verdict.person_id, ''), nullif(episode.person_id, '')) AS person_id,
    verdict.office,
    verdict.worker,
    verdict.was,
    verdict.now,
    enter_was,
    enter_now,
    stay_was,
    stay_now,
    verdict.amount_cents,
    CASE
      WHEN has_begun AND now_back THEN CASE WHEN NOT was_back THEN 'taken_back' END
      WHEN has_begun THEN CASE WHEN was_back OR verdict.remedy IS NOT NULL THEN 'stays' END
      WHEN enter_now = 'unknown' AND enter_was <> 'unknown' THEN 'not_known'
      WHEN stands AND NOT stood THEN 'begins'
      WHEN stood AND NOT stands THEN 'no_longer_begins'
    END                                                                    AS follows
  FROM verdict
  FULL JOIN episode USING (remedy, subject_id)
)
SELECT
  coalesce(reached.follows, 'other')         AS "group",
  reached.* EXCLUDE (follows) REPLACE (
    coalesce(reached.office, person.office) AS office, coalesce(reached.worker, person.worker) AS worker),
  CASE 'flag' WHEN enter_now THEN 'enters' WHEN enter_was THEN 'leaves' ELSE 'other' END AS moves,
  coalesce(stay_was = 'flag' AND stay_now <> 'flag', false) AS rests,
  coalesce(stay_now = 'flag' AND stay_was <> 'flag', false) AS goes_on,
  low.is_low_income
FROM reached
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = reached.person_id
LEFT JOIN low_income AS low ON low.person_id = reached.person_id
WHERE (reached.follows IS NOT NULL OR enter_was IS DISTINCT FROM enter_now)
  AND ($remedy IS NULL OR remedy = $remedy)
