-- One row per hearing request of the parent who owes, received by tonight: whether it came in time, and what it means now: 'late',
-- 'pending', 'waiting' (decided, but its own waiting period runs), 'won' or 'over'. The day on which the agency
-- received it decides. A request whose window nobody can prove counts as in time.
WITH
notice AS (
  SELECT *
  FROM facts.case_notices
  WHERE coalesce(sent_on, served_on) <= $as_of
),
about AS (
  SELECT
    hearings.*,
    coalesce(named.notice_id, latest.notice_id)                      AS about_notice_id,
    -- The federal pre-offset window runs from sending, every other one from proof of service.
    CASE
      WHEN hearings.about = 'federal_offset' THEN coalesce(named.sent_on, latest.sent_on)
      ELSE coalesce(named.served_on, latest.served_on)
    END                                                              AS anchor_on
  FROM caseload.hearings AS hearings
  LEFT JOIN notice AS named ON named.notice_id = hearings.notice_id
  ASOF LEFT JOIN (SELECT *, coalesce(sent_on, served_on) AS known_on FROM notice WHERE is_obligors) AS latest
    ON latest.case_id = hearings.case_id AND latest.about = hearings.about
      AND latest.known_on <= hearings.requested_on
  LEFT JOIN caseload.cases AS cases ON cases.case_id = hearings.case_id
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = coalesce(hearings.person_id, named.person_id)
  -- Who asked is who was told; what another person asked for, or was told, is not this parent's.
  WHERE hearings.requested_on <= $as_of
    AND coalesce(
      coalesce(hearings.person_id, named.person_id) = cases.obligor_id OR same.other_id IS NOT NULL, true)
),
window_of AS (
  SELECT
    about.*,
    calendar.rolls_to                                                AS window_ends_on
  FROM about
  LEFT JOIN calendar ON calendar.day = about.anchor_on + CAST(CASE about.about
    WHEN 'notice_of_debt' THEN $challenge_days
    WHEN 'license_revocation' THEN $license_hearing_days
    WHEN 'federal_offset' THEN $offset_contest_days
  END AS INTEGER)
),
answered AS (
  SELECT
    window_of.*,
    calendar.rolls_to                                                AS waits_until_on
  FROM window_of
  LEFT JOIN calendar ON calendar.day = window_of.decision_mailed_on + CAST(CASE window_of.about
    WHEN 'notice_of_debt' THEN $debt_wait_days
    WHEN 'license_revocation' THEN $license_wait_days
    ELSE 0
  END AS INTEGER)
)
SELECT
  hearing_id,
  case_id,
  about,
  about_notice_id                                                    AS notice_id,
  requested_on,
  window_ends_on,
  decided_on,
  decision_mailed_on,
  CASE
    WHEN requested_on > window_ends_on THEN 'late'
    WHEN decision IS NULL OR coalesce(decided_on > $as_of, true) THEN 'pending'
    WHEN decision = 'set_aside' THEN 'won'
    WHEN decision = 'withdrawn' THEN 'over'
    -- A license is left alone through the last day on which the decision may be appealed.
    WHEN about = 'license_revocation' AND waits_until_on = $as_of THEN 'waiting'
    -- Not known to have been mailed is not mailed.
    WHEN coalesce(waits_until_on > $as_of, true) THEN 'waiting'
    ELSE 'over'
  END                                                                AS state,
  'caseload.hearings@' || source_file || ':' || source_line          AS src
FROM answered
