-- One row per target that a partner holds and that must hear again: a release, else a changed amount, another
-- fact that the card tells, or the month's line. A lower amount is told even under a stay; a higher one and a
-- changed fact are not. What was said of a parent who is no longer the one is taken back at once, whatever tonight says
-- of the subject; another subject of which tonight says nothing goes to a person.
WITH
holding AS (
  SELECT
    sent.*,
    episodes.case_id,
    episodes.person_id,
    verdict.subject_id IS NOT NULL                                                    AS is_judged,
    verdict.release_verdict,
    verdict.stay_verdict,
    verdict.release_because,
    verdict.stay_because,
    verdict.amount_cents                                                              AS amount_today_cents,
    subject.said_hash                                                                 AS said_today_hash,
    coalesce(subject.is_urgent, false) OR party.episode_id IS NOT NULL                AS is_urgent,
    party.episode_id IS NOT NULL                                                      AS is_replaced,
    verdict.subject_id IS NULL
      OR party.episode_id IS NOT NULL
      OR verdict.release_verdict = 'flag'
      OR episodes.person_id IS DISTINCT FROM verdict.person_id                        AS lets_go
  FROM plan.sent AS sent
  JOIN ledger.episodes AS episodes USING (episode_id)
  LEFT JOIN plan.verdict AS verdict ON verdict.remedy = sent.remedy AND verdict.subject_id = sent.subject_id
  LEFT JOIN plan.party AS party USING (episode_id)
  LEFT JOIN card.subject AS subject ON subject.remedy = sent.remedy AND subject.subject_id = sent.subject_id
)
SELECT
  holding.episode_id,
  holding.remedy,
  holding.subject_id,
  holding.case_id,
  holding.person_id,
  holding.target_id,
  CASE WHEN holding.lets_go THEN 'release' ELSE 'update' END                                AS kind,
  CASE WHEN holding.lets_go THEN 'release' ELSE 'update' END                                AS step,
  holding.queue,
  CASE WHEN holding.lets_go THEN card.release_message ELSE card.update_message END          AS message,
  CASE WHEN holding.lets_go THEN 1 ELSE holding.version + 1 END                             AS version,
  CASE
    WHEN holding.is_judged OR holding.is_replaced OR decision.decision = 'approve' THEN 'due'
    WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true) THEN 'held'
    ELSE 'needs_person'
  END                                                                                       AS status,
  coalesce(CASE WHEN holding.is_replaced THEN ['another parent owes in the case'] WHEN holding.lets_go THEN holding.release_because ELSE holding.stay_because END, []) AS because,
  coalesce(holding.amount_today_cents, holding.amount_cents)                                AS amount_cents,
  holding.lets_go AND holding.is_urgent                                                     AS is_urgent
FROM holding
JOIN card.card AS card ON card.remedy = holding.remedy
LEFT JOIN plan.decision AS decision ON decision.episode_id = holding.episode_id AND decision.step = 'release'
WHERE holding.lets_go
  OR (
    card.update_on = 'change'
    AND holding.amount_today_cents // card.update_unit_cents <> holding.amount_cents // card.update_unit_cents
    AND (holding.stay_verdict = 'flag' OR holding.amount_today_cents < holding.amount_cents)
  )
  OR (
    card.update_on = 'change'
    AND holding.said_hash <> ''
    AND holding.said_today_hash <> holding.said_hash
    AND holding.stay_verdict = 'flag'
  )
  OR (
    card.update_on = 'month'
    AND date_trunc('month', $as_of) > date_trunc('month', holding.published_on)
    AND holding.stay_verdict = 'flag'
  )
