-- One row per case: all that is known of the case, and what a decision about licenses rests on besides: licenses by the
-- body that gives them, the notice of license action, hardship, cure, and what the licensing bodies answered.
WITH
-- One row per person with a valid license: how many of each kind, and of how many nobody knows the board.
kinds AS (
  SELECT
    person_id,
    count(*) FILTER (license_kind IN ('professional', 'shellfish', 'other'))             AS board_count,
    count(*) FILTER (license_kind IN ('hunting', 'fishing', 'trapping', 'recreational')) AS recreational_count,
    count(*) FILTER (license_kind = 'registration')                                      AS registration_count,
    count(*) FILTER (license_kind NOT IN ('driver', 'registration'))                     AS agency_count,
    count(*) FILTER (board IS NULL AND license_kind IN ('professional', 'shellfish', 'other')) AS boardless_count
  FROM facts.licenses
  GROUP BY person_id
),
doubt AS (
  SELECT person_id, count(*) AS doubtful
  FROM match.candidates
  WHERE feed IN ('dmv_licenses', 'dmv_matches')
  GROUP BY person_id
),
decided AS (
  -- A decision that lets the action go on opens a waiting period of its own.
  SELECT case_id, max(decision_mailed_on) AS mailed_on
  FROM facts.request
  WHERE about = 'license_revocation' AND state = 'waiting'
  GROUP BY case_id
)
SELECT
  fact.subject_id,
  CASE
    WHEN fact.license_count IS NULL OR fact.license_count = 0 THEN fact.license_count
    ELSE coalesce(kinds.board_count, 0)
  END                                                                       AS board_license_count,
  CASE
    WHEN fact.license_count IS NULL OR fact.license_count = 0 THEN fact.license_count
    ELSE coalesce(kinds.recreational_count, 0)
  END                                                                       AS recreational_license_count,
  CASE
    WHEN fact.license_count IS NULL OR fact.license_count = 0 THEN fact.license_count
    ELSE coalesce(kinds.registration_count, 0)
  END                                                                       AS registration_count,
  CASE
    WHEN fact.license_count IS NULL OR fact.license_count = 0 THEN fact.license_count
    ELSE coalesce(kinds.agency_count, 0)
  END                                                                       AS agency_license_count,
  coalesce(kinds.boardless_count, 0)                                        AS boardless_license_count,
  coalesce(doubt.doubtful, 0)                                               AS doubtful_license_count,
  notice.license_notice_id,
  CASE WHEN notice.license_notice_served_on IS NOT NULL THEN true
    WHEN known.notices THEN false END                                       AS license_notice_is_served,
  notice.license_notice_served_on,
  notice.license_notice_sent_on,
  CASE WHEN notice.license_notice_sent_on IS NOT NULL THEN true
    WHEN known.notices THEN false END                                       AS license_notice_is_sent,
  notice.license_window_ends_on,
  notice.license_notice_src,
  decided.mailed_on                                                         AS license_decision_mailed_on,
  -- Only while the default that the notice is about still stands is anything to be certified.
  CASE
    WHEN notice.license_notice_served_on >= fact.oldest_unpaid_due_on AND fact.enforceable_cents > 0
      AND fact.license_count > 0 AND NOT fact.agreement_is_kept AND fact.hearings_pending_about = []
      THEN notice.license_notice_served_on
  END                                                                       AS license_ripens_from_on,
  hardship.hardship_checked_on,
  hardship.hardship_outcome,
  hardship.hardship_is_found,
  hardship.ability_is_found,
  hardship.has_custody,
  CASE
    WHEN fact.obligor_is_assisted OR hardship.has_custody THEN true
    WHEN NOT fact.obligor_is_assisted AND NOT hardship.has_custody THEN false
  END                                                                       AS is_softly_excluded,
  fact.case_is_open AND fact.is_full_service AND fact.license_count > 0 AND fact.balance_is_trusted
    AND NOT fact.agreement_is_kept AND NOT hardship.ability_is_found AND NOT hardship.hardship_is_found
    -- Where the line of the state's license action is passed, or will be when the notice of debt has run.
    AND coalesce(
      fact.days_in_arrears > CAST($arrears_days AS INTEGER) AND fact.days_behind > CAST($arrears_days AS INTEGER),
      fact.enforceable_cents * week.per_year > fact.current_year_cents * $arrears_weeks * week.years) AS hardship_check_is_due,
  hardship.hardship_src,
  hardship.temporary_asked_on,
  hardship.wrong_person_asked_on,
  hardship.request_src,
  fact.current_year_cents                                                   AS yearly_support_cents,
  cures.cure_share_cents,
  coalesce(cures.cure_payments, 0)                                          AS cure_payments,
  cures.cure_paid_on,
  coalesce(cures.cure_paid_on >= $as_of - to_months(CAST(1 AS INTEGER)), false) AS cure_is_under_way,
  answers.certified_on,
  coalesce(answers.certified_count, 0)                                      AS certified_count,
  CASE WHEN answers.case_id IS NULL THEN true ELSE answers.answers_are_known END AS answers_are_known,
  answers.release_asked_on,
  CASE WHEN answers.unconfirmed_count = 0 THEN answers.release_last_on END AS release_confirmed_on,
  coalesce(answers.unconfirmed_count, 0)                                    AS unconfirmed_count,
  coalesce(answers.denied_count, 0)                                         AS denied_count,
  answers.denied_reason,
  answers.answers_src
FROM facts.case_facts AS fact
JOIN facts.known_case AS known ON known.case_id = fact.case_id
JOIN facts.cycle AS week ON week.frequency = 'weekly'
LEFT JOIN kinds ON kinds.person_id = fact.person_id
LEFT JOIN doubt ON doubt.person_id = fact.person_id
LEFT JOIN facts.license_notices AS notice ON notice.case_id = fact.case_id
LEFT JOIN decided ON decided.case_id = fact.case_id
LEFT JOIN facts.hardship AS hardship ON hardship.case_id = fact.case_id
LEFT JOIN facts.cures AS cures ON cures.case_id = fact.case_id
LEFT JOIN facts.license_answers AS answers ON answers.case_id = fact.case_id
