-- One row per person and payor: since when the person works there, as far as anybody told us, whether that goes on,
-- and which payor came later. What the agency, a report of a hire or the payor says is a job; wages of a
-- quarter are one for some months, and after that nobody knows, nor of a report whose day cannot be read.
WITH
arrived AS (
  SELECT feed, source_file, least(coalesce(period_on, received_on), received_on) AS day
  FROM staging.arrivals
),
hire_line AS (
  SELECT
    links.person_id,
    hires.fein,
    hires.payor_name,
    hires.hired_on,
    -- Of which day nobody knows is before every one that was told.
    coalesce(hires.hired_on, CAST('-infinity' AS DATE))                  AS place,
    CASE WHEN hires.hired_on IS NOT NULL THEN arrived.day END            AS entered_on,
    hires.src
  FROM match.links AS links
  JOIN facts.hires AS hires USING (feed, source_file, source_line)
  LEFT JOIN arrived ON arrived.feed = links.feed AND arrived.source_file = links.source_file
  WHERE coalesce(hires.hired_on <= $as_of, true) AND hires.fein IS NOT NULL
),
hire AS (
  -- The same hire told again is one hire, entered when it was first told.
  SELECT
    person_id,
    fein,
    max(hired_on)                                                        AS hired_on,
    arg_max(entered_on, place)                                           AS entered_on,
    arg_max(payor_name, place)                                           AS payor_name,
    arg_max(src, place)                                                  AS src
  FROM (
    SELECT person_id, fein, hired_on, place, min(entered_on) AS entered_on, min(payor_name) AS payor_name,
      min(src) AS src
    FROM hire_line
    GROUP BY ALL
  )
  GROUP BY person_id, fein
),
wage AS (
  SELECT
    links.person_id,
    wages.employer_fein                                                  AS fein,
    max(wages.quarter_ends_on)                                           AS quarter_ends_on,
    arg_max(wages.wage_cents, wages.quarter_ends_on)                     AS wage_cents,
    arg_max(wages.employer_name, wages.quarter_ends_on)                  AS payor_name,
    arg_max('employer_wages.employer_wages@' || links.source_file || ':' || links.source_line,
      wages.quarter_ends_on)                                             AS src
  FROM match.links AS links
  JOIN staging.employer_wages AS wages USING (source_file, source_line)
  WHERE links.feed = 'employer_wages' AND wages.quarter_ends_on <= $as_of AND wages.employer_fein IS NOT NULL
  GROUP BY ALL
),
own AS (
  SELECT
    person_id,
    fein,
    employer_name                                                        AS payor_name,
    from_on,
    CASE WHEN to_on <= $as_of THEN to_on END                             AS to_on,
    withheld_not_sent_cents,
    'caseload.employers@' || source_file || ':' || source_line           AS src
  FROM caseload.employers
  WHERE coalesce(from_on <= $as_of, true)
),
said AS (
  SELECT person_id, fein, max(job_ended_on) AS ended_on, max(job_end_answered_on) AS told_on
  FROM facts.employer_said
  WHERE job_ended_on IS NOT NULL
  GROUP BY ALL
),
job AS (
  SELECT
    person_id,
    fein,
    coalesce(own.payor_name, hire.payor_name, wage.payor_name)           AS payor_name,
    own.person_id IS NOT NULL                                            AS is_reported,
    own.withheld_not_sent_cents,
    hire.hired_on,
    hire.entered_on                                                      AS hire_entered_on,
    greatest(own.from_on, hire.hired_on)                                 AS from_on,
    greatest(own.to_on, said.ended_on)                                   AS to_on,
    said.told_on                                                         AS payor_reported_end_on,
    wage.quarter_ends_on                                                 AS wage_quarter_ends_on,
    wage.wage_cents                                                      AS quarter_wage_cents,
    nullif(concat_ws(';', own.src, hire.src, wage.src), '')              AS job_src
  FROM own
  FULL JOIN hire USING (person_id, fein)
  FULL JOIN wage USING (person_id, fein)
  LEFT JOIN said USING (person_id, fein)
),
judged AS (
  SELECT
    job.*,
    jobs.kind,
    jobs.pay_cycle,
    jobs.disposable_cents,
    jobs.gross_cents,
    CASE WHEN jobs.answer_settled_on <= $as_of THEN jobs.answer_settled_on END AS answer_settled_on,
    least(jobs.end_reported_on, job.payor_reported_end_on)               AS end_reported_on,
    -- Whoever is hired after leaving works there again.
    CASE WHEN job.to_on >= coalesce(job.hired_on, job.to_on) THEN job.to_on END AS ended_on
  FROM job
  LEFT JOIN caseload.jobs AS jobs USING (person_id, fein)
),
stood AS (
  SELECT
    *,
    CASE
      WHEN ended_on IS NOT NULL THEN false
      WHEN is_reported OR hired_on IS NOT NULL THEN true
      WHEN wage_quarter_ends_on + to_months(CAST($wage_lead_months AS INTEGER)) >= $as_of THEN true
    END                                                                  AS goes_on
  FROM judged
)
SELECT
  stood.*,
  newer.fein                                                             AS newer_fein,
  newer.payor_name                                                       AS newer_payor_name,
  newer.from_on                                                          AS newer_from_on
FROM stood
-- The payor that came last, where it came after this one. A start that nobody told lies before every one that was.
ASOF LEFT JOIN (
  SELECT person_id, any_value(fein) AS fein, any_value(payor_name) AS payor_name, from_on
  FROM (
    SELECT person_id, fein, payor_name, from_on
    FROM stood
    WHERE goes_on AND from_on IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY from_on DESC, fein) = 1
  )
  GROUP BY person_id, from_on
) AS newer
  ON newer.person_id = stood.person_id AND newer.from_on > coalesce(stood.from_on, CAST('-infinity' AS DATE))
