-- One row per notice of an offset and record that it speaks for (federal: person and kind of debt; state refund, in a
-- state without notices of debt: person): when it was sent, whether it came back, whether the time to contest it is
-- known to be over, and the debt that it states. A notice that states no debt leaves it not known.
WITH
record AS (
  SELECT 'federal_offset' AS about, subject_id, person_id
  FROM facts.person_debt_facts
  UNION ALL
  SELECT 'state_offset', subject_id, person_id
  FROM facts.person_facts
  WHERE CAST($challenge_days AS INTEGER) IS NULL
),
own AS (
  SELECT
    record.about,
    record.subject_id,
    CAST(NULL AS VARCHAR)                                                           AS case_id,
    published.published_on                                                          AS sent_on,
    published.amount_cents                                                          AS debt_cents,
    coalesce(notices.status IN ('returned', 'unserved'), false)                     AS came_back,
    coalesce('caseload.notices@' || notices.source_file || ':' || notices.source_line, '') AS src
  FROM ledger.published AS published
  JOIN record ON record.about = published.message AND record.subject_id = published.subject_id
  LEFT JOIN caseload.notices AS notices ON notices.reference = published.action_id
  WHERE published.kind = 'notice'
),
earlier AS (
  -- What the agency sent before: to the person, for both kinds of debt, and where it names a case, of that case.
  SELECT
    record.about,
    record.subject_id,
    notices.case_id,
    notices.sent_on,
    notices.debt_cents,
    notices.status IN ('returned', 'unserved')                                      AS came_back,
    'caseload.notices@' || notices.source_file || ':' || notices.source_line        AS src
  FROM caseload.notices AS notices
  -- One that names nobody is told to whoever it counts for in the case.
  LEFT JOIN facts.case_notices AS own_notice
    ON own_notice.notice_id = notices.notice_id AND own_notice.case_id = notices.case_id AND own_notice.is_obligors
  JOIN record ON record.about = notices.about AND record.person_id = coalesce(own_notice.obligor_id, notices.person_id)
  ANTI JOIN ledger.published AS published ON published.action_id = notices.reference
),
told AS (
  SELECT * FROM own
  UNION ALL BY NAME
  SELECT * FROM earlier
)
SELECT
  told.about,
  told.subject_id,
  told.case_id,
  told.sent_on,
  nullif(told.debt_cents, 0)                                                        AS debt_cents,
  told.came_back,
  NOT told.came_back AND $as_of > calendar.rolls_to
    AND coalesce(known.hearings_through_on >= calendar.rolls_to + CAST($mail_lag_days AS INTEGER), false)
                                                                                    AS has_run,
  told.src
FROM told
CROSS JOIN facts.known AS known
LEFT JOIN calendar ON calendar.day = told.sent_on
  + CAST(CASE told.about WHEN 'state_offset' THEN $state_contest_days ELSE $offset_contest_days END AS INTEGER)
WHERE told.sent_on <= $as_of
