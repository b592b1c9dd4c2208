-- One row per person who owes of whom the Federal Case Registry or a federal agency told something that a person has to
-- look at: cases of other states, where they are or work, a hire whose employer cannot be read.
WITH
line AS (
  SELECT links.person_id, links.feed, links.source_file, links.source_line,
    coalesce(came.period_on, came.received_on)                                        AS came_on,
    links.feed || '.' || links.feed || '@' || links.source_file || ':' || links.source_line AS src
  FROM match.links AS links
  JOIN staging.arrivals AS came USING (feed, source_file)
  WHERE links.feed IN ('fcr_matches', 'fpls_answers')
),
-- What was said last of each case that another state has.
elsewhere AS (
  SELECT line.person_id, line.came_on, line.src, told.*
  FROM line
  JOIN staging.fcr_matches AS told USING (source_file, source_line)
  WHERE line.feed = 'fcr_matches' AND told.other_case_id IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY line.person_id, told.other_fips, told.other_case_id
    ORDER BY line.came_on DESC, line.source_file DESC, line.source_line DESC) = 1
),
other AS (
  SELECT
    person_id,
    list_sort(list(concat_ws(' ', 'state', other_fips, 'case', other_case_id, 'as', other_role))) AS other_cases,
    bool_or(other_has_order)                                                          AS other_has_order,
    max(came_on)                                                                      AS other_case_reported_on,
    string_agg(src, ';' ORDER BY src)                                                 AS other_case_src
  FROM elsewhere
  WHERE NOT was_taken_out
  GROUP BY person_id
),
place AS (
  SELECT
    line.person_id,
    list_sort(list(DISTINCT told.agency_name))                                        AS locate_agencies,
    bool_or(told.has_address)                                                         AS locate_has_address,
    bool_or(told.has_employer)                                                        AS locate_has_employer,
    arg_max(told.returned_address, (line.came_on, line.src)) FILTER (told.has_address) AS locate_address,
    arg_max(told.employer_name, (line.came_on, line.src)) FILTER (told.has_employer)  AS locate_employer,
    max(line.came_on)                                                                 AS locate_answered_on,
    string_agg(line.src, ';' ORDER BY line.src)                                       AS locate_src
  FROM line
  JOIN staging.fpls_answers AS told USING (source_file, source_line)
  WHERE line.feed = 'fpls_answers' AND (told.has_address OR told.has_employer)
  GROUP BY line.person_id
),
hired AS (
  SELECT links.person_id, max(hires.hired_on) AS hired_on, arg_max(hires.src, (hires.hired_on, hires.src)) AS src
  FROM match.links AS links
  JOIN facts.hires AS hires USING (feed, source_file, source_line)
  WHERE hires.fein IS NULL AND hires.hired_on <= $as_of
  GROUP BY links.person_id
),
job AS (
  SELECT
    person_id,
    max(from_on)                                                                      AS from_on,
    bool_or(coalesce(to_on > $as_of, true))                                           AS goes_on
  FROM caseload.employers
  WHERE coalesce(from_on <= $as_of, true)
  GROUP BY person_id
),
sought AS (
  SELECT DISTINCT person_id
  FROM caseload.locating
  WHERE needed_from_on <= $as_of AND coalesce(found_on > $as_of, true)
),
own AS (
  SELECT person_id, bool_and(interstate = 'none') AS is_ours_alone
  FROM facts.case_facts
  GROUP BY person_id
)
SELECT
  guards.person_id                                                                    AS subject_id,
  coalesce(other.other_cases, CAST([] AS VARCHAR[]))                                  AS other_cases,
  other.other_has_order,
  other.other_case_reported_on,
  -- News until the role of the other state is entered in a case.
  other.person_id IS NOT NULL AND own.is_ours_alone                                   AS other_case_is_news,
  coalesce(place.locate_agencies, CAST([] AS VARCHAR[]))                              AS locate_agencies,
  place.locate_address,
  place.locate_employer,
  place.locate_answered_on,
  -- News while the parent is looked for, or while neither address nor job is known.
  (place.locate_has_address AND (sought.person_id IS NOT NULL OR guards.obligor_has_address IS NOT TRUE))
    OR (place.locate_has_employer AND job.goes_on IS NOT TRUE)                        AS locate_is_news,
  CASE WHEN NOT coalesce(job.from_on >= hired.hired_on, false) THEN hired.hired_on END AS unread_hire_on,
  other.other_case_src,
  place.locate_src,
  hired.src                                                                           AS unread_hire_src
FROM facts.person_guards AS guards
LEFT JOIN other ON other.person_id = guards.person_id
LEFT JOIN place ON place.person_id = guards.person_id
LEFT JOIN hired ON hired.person_id = guards.person_id
LEFT JOIN job ON job.person_id = guards.person_id
LEFT JOIN sought ON sought.person_id = guards.person_id
LEFT JOIN own ON own.person_id = guards.person_id
WHERE other.person_id IS NOT NULL OR place.person_id IS NOT NULL OR hired.person_id IS NOT NULL
