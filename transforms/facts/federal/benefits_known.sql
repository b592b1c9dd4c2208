-- One row per person who owes in a case: what the Social Security Administration says of his benefits, of prison and
-- of death, beside what the caseload says. Of several answers the one that came last counts; its silence means
-- something only while the feed is current.
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
  SELECT links.*, coalesce(arrivals.period_on, arrivals.received_on) AS came_on,
    links.feed || '.' || links.feed || '@' || links.source_file || ':' || links.source_line AS src
  FROM match.links AS links
  JOIN staging.arrivals AS arrivals ON arrivals.feed = links.feed AND arrivals.source_file = links.source_file
  WHERE links.feed IN ('sves_title_ii', 'sves_title_xvi', 'sves_prisoners')
),
-- A later answer replaces the earlier one; what came on one day counts together.
ssi AS (
  SELECT
    person_id,
    CASE WHEN bool_or(is_paid) THEN true WHEN bool_and(is_paid IS NOT NULL) THEN false END AS is_paid,
    min(eligible_since_on) FILTER (is_paid)                                         AS eligible_since_on,
    max(died_on)                                                                    AS died_on,
    string_agg(src, ';' ORDER BY src)                                               AS src
  FROM (
    SELECT line.person_id, line.src, answer.*
    FROM line
    JOIN staging.sves_title_xvi AS answer USING (source_file, source_line)
    WHERE line.feed = 'sves_title_xvi'
    QUALIFY rank() OVER (PARTITION BY line.person_id ORDER BY line.came_on DESC) = 1
  )
  GROUP BY person_id
),
title_ii_line AS (
  SELECT line.person_id, line.came_on, line.src, answer.answer, answer.is_paid, answer.is_disability,
    answer.monthly_cents, answer.pending_kind, answer.died_on
  FROM line
  JOIN staging.sves_title_ii AS answer USING (source_file, source_line)
  WHERE line.feed = 'sves_title_ii'
  UNION ALL
  -- An answer without data says so of both titles.
  SELECT line.person_id, line.came_on, line.src, 'claim', false, NULL, NULL, NULL, NULL
  FROM line
  JOIN staging.sves_title_xvi AS answer USING (source_file, source_line)
  WHERE line.feed = 'sves_title_xvi' AND answer.answer = 'nothing'
),
title_ii AS (
  SELECT
    person_id,
    CASE WHEN bool_or(is_paid) THEN true WHEN bool_and(is_paid IS NOT NULL) THEN false END AS is_paid,
    bool_or(is_disability) FILTER (is_paid)                                         AS is_disability,
    CAST(sum(monthly_cents) FILTER (is_paid) AS BIGINT)                             AS monthly_cents,
    max(died_on)                                                                    AS died_on,
    string_agg(src, ';' ORDER BY src)                                               AS src
  FROM (
    SELECT *
    FROM title_ii_line
    WHERE answer = 'claim'
    QUALIFY rank() OVER (PARTITION BY person_id ORDER BY came_on DESC) = 1
  )
  GROUP BY person_id
),
pending AS (
  SELECT person_id, min(pending_kind) AS pending_kind, string_agg(src, ';' ORDER BY src) AS src
  FROM (
    SELECT *
    FROM title_ii_line
    QUALIFY rank() OVER (PARTITION BY person_id ORDER BY came_on DESC) = 1
  )
  WHERE answer = 'pending'
  GROUP BY person_id
),
prison AS (
  SELECT
    line.person_id,
    answer.confined_on,
    answer.release_on,
    coalesce(answer.release_on > $as_of, true)                                      AS is_held,
    line.src
  FROM line
  JOIN staging.sves_prisoners AS answer USING (source_file, source_line)
  WHERE line.feed = 'sves_prisoners' AND answer.confined_on <= $as_of
  QUALIFY row_number() OVER (
    PARTITION BY line.person_id
    ORDER BY answer.confined_on DESC, line.came_on DESC, answer.release_on DESC NULLS LAST, line.src) = 1
),
told AS (
  SELECT
    guards.person_id,
    guards.first_case_id,
    guards.person_src,
    persons.receives_ssi                                                            AS caseload_ssi,
    persons.died_on                                                                 AS caseload_died_on,
    persons.in_prison                                                               AS caseload_prison,
    CASE
      WHEN ssi.is_paid THEN true
      WHEN ssi_is_current AND ssi.person_id IS NOT NULL THEN ssi.is_paid
      WHEN ssi_is_current THEN false
    END                                                                             AS receives_ssi_match,
    ssi.eligible_since_on,
    CASE
      WHEN title_ii.is_paid THEN true
      WHEN title_ii_is_current AND title_ii.person_id IS NOT NULL THEN title_ii.is_paid
      WHEN title_ii_is_current THEN false
    END                                                                             AS receives_title_ii_match,
    title_ii.is_disability,
    title_ii.monthly_cents,
    pending.pending_kind,
    CASE WHEN prison.is_held THEN true WHEN prison_is_current THEN coalesce(prison.is_held, false) END
                                                                                    AS in_prison_match,
    prison.confined_on,
    prison.release_on,
    greatest(ssi.died_on, title_ii.died_on)                                         AS died_on,
    CASE WHEN ssi_is_current AND title_ii_is_current THEN least(ssi_through_on, title_ii_through_on) END
                                                                                    AS benefits_checked_on,
    CASE WHEN prison_is_current THEN prison_through_on END                          AS prison_checked_on,
    ssi.src                                                                         AS ssi_src,
    nullif(concat_ws(';', title_ii.src, pending.src), '')                           AS title_ii_src,
    prison.src                                                                      AS prison_src
  FROM facts.person_guards AS guards
  CROSS JOIN feed
  LEFT JOIN caseload.persons AS persons USING (person_id)
  LEFT JOIN ssi USING (person_id)
  LEFT JOIN title_ii USING (person_id)
  LEFT JOIN pending USING (person_id)
  LEFT JOIN prison USING (person_id)
)
SELECT
  told.person_id                                                                    AS subject_id,
  CAST(NULL AS VARCHAR)                                                             AS case_id,
  told.person_id,
  cases.office,
  cases.worker,
  receives_ssi_match,
  CASE
    WHEN receives_ssi_match OR caseload_ssi THEN true
    WHEN receives_ssi_match IS NULL AND caseload_ssi IS NULL THEN NULL
    ELSE false
  END                                                                               AS receives_ssi,
  eligible_since_on                                                                 AS ssi_eligible_since_on,
  receives_title_ii_match,
  -- A claim that is paid and does not say what for may be one for disability.
  CASE WHEN receives_title_ii_match THEN is_disability ELSE receives_title_ii_match END AS receives_ssdi_match,
  CASE WHEN receives_title_ii_match THEN monthly_cents END                          AS title_ii_monthly_cents,
  receives_ssi_match AND receives_title_ii_match                                    AS receives_both_titles,
  pending_kind                                                                      AS title_ii_pending_kind,
  in_prison_match,
  CASE
    WHEN in_prison_match OR caseload_prison THEN true
    WHEN in_prison_match IS NULL AND caseload_prison IS NULL THEN NULL
    ELSE false
  END                                                                               AS in_prison,
  confined_on,
  told.release_on,
  died_on                                                                           AS died_match_on,
  -- What the caseload does not say yet.
  receives_ssi_match AND caseload_ssi IS DISTINCT FROM true                         AS ssi_is_news,
  in_prison_match AND caseload_prison IS DISTINCT FROM true                         AS prison_is_news,
  died_on IS NOT NULL AND caseload_died_on IS NULL                                  AS death_is_news,
  benefits_checked_on,
  prison_checked_on,
  person_src,
  ssi_src,
  title_ii_src,
  prison_src
FROM told
JOIN caseload.cases AS cases ON cases.case_id = told.first_case_id
ORDER BY subject_id
