-- One row per person and payor of whose pay something is known: the wages on which all their orders stand, for the
-- limit. A payor whose pay is not known is there too, so that a sum over payors is not taken for whole.
SELECT
  jobs.person_id || ':' || jobs.fein                                     AS wage_id,
  jobs.person_id,
  coalesce(jobs.pay_cycle, 'weekly')                                     AS pay_frequency,
  CAST(NULL AS DATE)                                                     AS workweek_begins_on,
  CASE WHEN jobs.pay_cycle IS NOT NULL THEN jobs.disposable_cents END    AS disposable_cents,
  CASE WHEN jobs.pay_cycle IS NOT NULL THEN jobs.gross_cents END         AS gross_cents,
  CAST(NULL AS BIGINT)                                                   AS required_deductions_cents,
  household.has_second_family                                            AS supports_second_family,
  CAST(NULL AS BIGINT)                                                   AS premium_cents,
  CAST(NULL AS BIGINT)                                                   AS fee_taken_cents,
  before.stated_cents                                                    AS garnished_before_cents
FROM facts.work_jobs AS jobs
LEFT JOIN caseload.households AS household ON household.person_id = jobs.person_id
LEFT JOIN facts.garnished_before AS before ON before.person_id = jobs.person_id AND before.fein = jobs.fein
LEFT JOIN (
  SELECT subject.person_id, subject.fein, bool_and(beside.newer_took_over) AS newer_took_over
  FROM facts.work_subjects AS subject
  JOIN facts.other_payors AS beside USING (subject_id)
  GROUP BY ALL
) AS followed ON followed.person_id = jobs.person_id AND followed.fein = jobs.fein
WHERE jobs.goes_on AND NOT coalesce(followed.newer_took_over, jobs.newer_fein IS NOT NULL)
QUALIFY bool_or(jobs.pay_cycle IS NOT NULL AND coalesce(jobs.disposable_cents, jobs.gross_cents) IS NOT NULL) OVER (PARTITION BY jobs.person_id)
