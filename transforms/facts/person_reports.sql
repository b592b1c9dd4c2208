-- One row per person of whom a partner told something that protects: Supplemental Security Income, Social Security,
-- prison, service in the military, death, family violence, a place that must be kept back. Of several answers the one
-- that came last counts; silence means something only while the feed is current. An answer that only protects counts
-- where the number and our own person number agree, whatever the name; one that may be about the person, and protects,
-- leaves it not known (`*_is_in_doubt`).
WITH
feed AS (
  SELECT
    max(through_on) FILTER (name = 'sves_title_xvi')                                AS ssi_through_on,
    max(through_on) FILTER (name = 'sves_title_ii')                                 AS title_ii_through_on,
    max(through_on) FILTER (name = 'sves_prisoners')                                AS prison_through_on,
    coalesce(bool_or(is_current) FILTER (name = 'sves_title_xvi'), false)           AS ssi_is_current,
    coalesce(bool_or(is_current) FILTER (name = 'sves_title_ii'), false)            AS title_ii_is_current,
    coalesce(bool_or(is_current) FILTER (name = 'sves_prisoners'), false)           AS prison_is_current
  FROM facts.fresh
),
line AS (
  SELECT
    about.*,
    coalesce(arrivals.period_on, arrivals.received_on) AS came_on,
    about.feed || '.' || about.feed || '@' || about.source_file || ':' || about.source_line AS src
  FROM (
    SELECT feed, source_file, source_line, person_id, true AS is_sure, false AS is_in_doubt FROM match.links
    UNION ALL
    SELECT feed, source_file, source_line, person_id, false, NOT is_enough_to_protect FROM match.candidates
  ) AS about
  JOIN staging.arrivals AS arrivals USING (feed, source_file)
  WHERE about.feed IN ('sves_title_ii', 'sves_title_xvi', 'sves_prisoners', 'workers_comp_claims', 'fcr_acknowledgments',
    'fcr_matches', 'dmdc_coverage', 'fpls_answers')
),
-- The last word of each other state on whether places in its case must be kept back: whose it does not say, so that
-- it protects both parents of the case of ours that it names.
kept_back AS (
  SELECT *
  FROM staging.csenet_transactions
  WHERE has_nondisclosure IS NOT NULL
  QUALIFY rank() OVER (PARTITION BY case_id, other_fips, other_case_id ORDER BY transaction_on DESC) = 1
),
answer AS (
  SELECT line.*, 'ssi' AS about, told.is_paid AS is_so, told.eligible_since_on AS from_on,
    CAST(NULL AS DATE) AS to_on, told.died_on, told.has_family_violence,
    CAST(NULL AS BOOLEAN) AS is_disability, CAST(NULL AS BIGINT) AS monthly_cents, CAST(NULL AS BOOLEAN) AS is_dead
  FROM line
  JOIN staging.sves_title_xvi AS told USING (source_file, source_line)
  WHERE line.feed = 'sves_title_xvi'
  UNION ALL BY NAME
  SELECT line.*, 'title_ii' AS about, told.is_paid AS is_so, told.died_on, told.has_family_violence,
    told.is_disability, told.monthly_cents
  FROM line
  JOIN staging.sves_title_ii AS told USING (source_file, source_line)
  WHERE line.feed = 'sves_title_ii' AND told.answer = 'claim'
  UNION ALL BY NAME
  -- An answer without data says so of both titles.
  SELECT line.*, 'title_ii' AS about, false AS is_so
  FROM line
  JOIN staging.sves_title_xvi AS told USING (source_file, source_line)
  WHERE line.feed = 'sves_title_xvi' AND told.answer = 'nothing'
  UNION ALL BY NAME
  SELECT line.*, 'prison' AS about, coalesce(told.release_on > $as_of, true) AS is_so,
    told.confined_on AS from_on, told.release_on AS to_on, told.has_family_violence
  FROM line
  JOIN staging.sves_prisoners AS told USING (source_file, source_line)
  WHERE line.feed = 'sves_prisoners' AND told.confined_on <= $as_of
  UNION ALL BY NAME
  SELECT line.*, 'death' AS about, false AS is_so, told.died_on
  FROM line
  JOIN staging.workers_comp_claims AS told USING (source_file, source_line)
  WHERE line.feed = 'workers_comp_claims'
  UNION ALL BY NAME
  SELECT line.*, 'registry' AS about, false AS is_so, told.died_on, told.has_family_violence
  FROM line
  JOIN staging.fcr_acknowledgments AS told USING (source_file, source_line)
  WHERE line.feed = 'fcr_acknowledgments'
  UNION ALL BY NAME
  SELECT line.*, 'registry_match' AS about, false AS is_so, told.died_on
  FROM line
  JOIN staging.fcr_matches AS told USING (source_file, source_line)
  WHERE line.feed = 'fcr_matches'
  UNION ALL BY NAME
  SELECT line.*, 'military' AS about, told.is_in_military AS is_so, told.is_dead
  FROM line
  JOIN staging.dmdc_coverage AS told USING (source_file, source_line)
  WHERE line.feed = 'dmdc_coverage'
  UNION ALL BY NAME
  SELECT line.*, 'locate' AS about, false AS is_so, told.is_dead
  FROM line
  JOIN staging.fpls_answers AS told USING (source_file, source_line)
  WHERE line.feed = 'fpls_answers'
  UNION ALL BY NAME
  SELECT 'csenet_transactions' AS feed, told.source_file, told.source_line, parent.person_id, true AS is_sure,
    false AS is_in_doubt, CAST(NULL AS DATE) AS came_on,
    'csenet_transactions.csenet_transactions@' || told.source_file || ':' || told.source_line AS src,
    'place' AS about, false AS is_so, true AS has_family_violence
  FROM kept_back AS told
  JOIN (
    SELECT case_id, obligor_id AS person_id FROM caseload.cases
    UNION
    SELECT case_id, custodial_id FROM caseload.cases WHERE custodial_id IS NOT NULL
  ) AS parent USING (case_id)
  WHERE told.has_nondisclosure
),
-- Only a line that is surely about the person takes a protection back.
latest AS (
  SELECT *
  FROM answer
  WHERE is_sure OR (is_so AND NOT is_in_doubt)
  QUALIFY CASE
    WHEN about = 'prison' THEN row_number() OVER (
      PARTITION BY person_id, about ORDER BY from_on DESC, came_on DESC, to_on DESC NULLS LAST,
        feed, source_file, source_line)
    -- What came on one day counts together.
    ELSE rank() OVER (PARTITION BY person_id, about ORDER BY came_on DESC)
  END = 1
),
reported AS (
  SELECT *
  FROM answer
  WHERE is_sure OR ((died_on IS NOT NULL OR has_family_violence OR is_dead) AND NOT is_in_doubt)
  QUALIFY rank() OVER (PARTITION BY person_id, feed ORDER BY came_on DESC) = 1
),
report AS (
  SELECT
    person_id,
    max(died_on)                                                                    AS died_on,
    coalesce(bool_or(is_dead), false)                                               AS is_dead,
    coalesce(bool_or(has_family_violence), false)                                   AS has_family_violence,
    string_agg(DISTINCT src, ';' ORDER BY src) FILTER (died_on IS NOT NULL OR has_family_violence OR is_dead) AS src
  FROM reported
  GROUP BY person_id
),
told AS (
  SELECT
    person_id,
    bool_or(about = 'ssi')                                                          AS ssi_is_reported,
    bool_or(is_so) FILTER (about = 'ssi')                                           AS ssi_is_paid,
    bool_and(is_so IS NOT NULL) FILTER (about = 'ssi')                              AS ssi_is_said,
    min(from_on) FILTER (about = 'ssi' AND is_so)                                   AS ssi_eligible_since_on,
    bool_or(about = 'title_ii')                                                     AS title_ii_is_reported,
    bool_or(is_so) FILTER (about = 'title_ii')                                      AS title_ii_is_paid,
    bool_and(is_so IS NOT NULL) FILTER (about = 'title_ii')                         AS title_ii_is_said,
    bool_or(is_disability) FILTER (about = 'title_ii' AND is_so)                    AS is_disability,
    CAST(sum(monthly_cents) FILTER (about = 'title_ii' AND is_so) AS BIGINT)        AS monthly_cents,
    bool_or(is_so) FILTER (about = 'prison')                                        AS is_held,
    max(from_on) FILTER (about = 'prison')                                          AS confined_on,
    max(to_on) FILTER (about = 'prison')                                            AS release_on,
    bool_or(is_so) FILTER (about = 'military')                                      AS is_in_military,
    string_agg(src, ';' ORDER BY src) FILTER (about = 'ssi')                        AS ssi_src,
    string_agg(src, ';' ORDER BY src) FILTER (about = 'title_ii')                   AS title_ii_src,
    string_agg(src, ';' ORDER BY src) FILTER (about = 'prison')                     AS prison_src,
    string_agg(src, ';' ORDER BY src) FILTER (is_so)                                    AS so_src
  FROM latest
  GROUP BY person_id
),
-- A doubt is over once a later answer is surely about the person.
doubt AS (
  SELECT
    doubtful.person_id,
    bool_or(doubtful.about = 'ssi' AND doubtful.is_so)                              AS ssi_is_in_doubt,
    bool_or(doubtful.about = 'title_ii' AND doubtful.is_so)                         AS title_ii_is_in_doubt,
    bool_or(doubtful.about = 'prison' AND doubtful.is_so)                           AS prison_is_in_doubt,
    bool_or(doubtful.died_on IS NOT NULL OR coalesce(doubtful.is_dead, false))      AS death_is_in_doubt,
    bool_or(doubtful.has_family_violence)                                           AS violence_is_in_doubt
  FROM answer AS doubtful
  LEFT JOIN (
    SELECT person_id, about, max(came_on) AS came_on FROM answer WHERE is_sure GROUP BY ALL
  ) AS sure USING (person_id, about)
  WHERE doubtful.is_in_doubt AND coalesce(doubtful.came_on >= sure.came_on, true)
  GROUP BY doubtful.person_id
),
pending AS (
  SELECT person_id, min(pending_kind) AS pending_kind, string_agg(src, ';' ORDER BY src) AS src
  FROM (
    -- A claim that a later answer decided, or no longer holds, is not pending.
    SELECT *
    FROM (
      SELECT line.person_id, line.src, told.answer, told.pending_kind, line.came_on
      FROM line
      JOIN staging.sves_title_ii AS told USING (source_file, source_line)
      WHERE line.feed = 'sves_title_ii' AND line.is_sure
      UNION ALL BY NAME
      SELECT person_id, src, came_on FROM answer WHERE about = 'title_ii' AND feed = 'sves_title_xvi' AND is_sure
    )
    QUALIFY rank() OVER (PARTITION BY person_id ORDER BY came_on DESC) = 1
  )
  WHERE answer = 'pending'
  GROUP BY person_id
)
SELECT
  persons.person_id,
  CASE
    WHEN told.ssi_is_paid THEN true
    WHEN doubt.ssi_is_in_doubt THEN NULL
    WHEN feed.ssi_is_current AND told.ssi_is_reported THEN CASE WHEN told.ssi_is_said THEN false END
    WHEN feed.ssi_is_current THEN false
  END                                                                               AS receives_ssi,
  told.ssi_eligible_since_on,
  CASE
    WHEN told.title_ii_is_paid THEN true
    WHEN doubt.title_ii_is_in_doubt THEN NULL
    WHEN feed.title_ii_is_current AND told.title_ii_is_reported THEN CASE WHEN told.title_ii_is_said THEN false END
    WHEN feed.title_ii_is_current THEN false
  END                                                                               AS receives_title_ii,
  told.is_disability,
  told.monthly_cents,
  pending.pending_kind,
  CASE WHEN told.is_held THEN true WHEN doubt.prison_is_in_doubt THEN NULL WHEN feed.prison_is_current THEN false END
                                                                                    AS is_in_prison,
  told.confined_on,
  told.release_on,
  told.is_in_military,
  report.died_on,
  -- Said without the day.
  coalesce(report.is_dead, false)                                                   AS is_dead,
  coalesce(report.has_family_violence, false)                                         AS has_family_violence,
  coalesce(doubt.ssi_is_in_doubt, false)                                            AS ssi_is_in_doubt,
  coalesce(doubt.title_ii_is_in_doubt, false)                                       AS title_ii_is_in_doubt,
  coalesce(doubt.prison_is_in_doubt, false)                                         AS prison_is_in_doubt,
  coalesce(doubt.death_is_in_doubt, false)                                          AS death_is_in_doubt,
  coalesce(doubt.violence_is_in_doubt, false)                                       AS violence_is_in_doubt,
  CASE WHEN feed.ssi_is_current AND feed.title_ii_is_current
    THEN least(feed.ssi_through_on, feed.title_ii_through_on) END                   AS benefits_checked_on,
  CASE WHEN feed.prison_is_current THEN feed.prison_through_on END                  AS prison_checked_on,
  told.ssi_src,
  nullif(concat_ws(';', told.title_ii_src, pending.src), '')                        AS title_ii_src,
  told.prison_src,
  report.src                                                                        AS report_src,
  nullif(concat_ws(';', told.so_src, report.src), '')                               AS protecting_src
FROM caseload.persons AS persons
CROSS JOIN feed
LEFT JOIN told USING (person_id)
LEFT JOIN report USING (person_id)
LEFT JOIN doubt USING (person_id)
LEFT JOIN pending USING (person_id)
