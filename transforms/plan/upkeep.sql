-- One row per target that a partner holds and that must hear again: a release, else a changed amount, another
-- fact that the card tells, or the month's line. A lower amount is told even under a stay; a higher one and a
-- changed fact are not. What was said of a parent who is no longer the one is taken back at once, whatever tonight says
-- of the subject; another subject of which tonight says nothing goes to a person.
-- A corrected number or name is an event of its own: what stands under the old one is changed or withdrawn at once, as
-- the partner's queue says (`new_number`, `new_name`), and where it was withdrawn it is told again the next night.
-- Of a closed case that may go on under another number nothing ends because it is closed, or because its order and debt
-- stand elsewhere now, before a person has said so.
WITH
goes_on AS (
  SELECT twin_case AS case_id, array_to_string(list_sort(list(case_id)), ', ') AS in_cases
  FROM facts.twin_pairs
  WHERE NOT twin_is_open
  GROUP BY twin_case
),
reported_as AS (
  SELECT
    sent.episode_id,
    sent.target_id,
    CASE
      -- Withdrawn under the old number: told again only while the ground of what lays the burden on stands, and of a
      -- thing only while it is still known to be this person's.
      -- So is what the partner rejected and holds nothing of: there is nothing to withdraw.
      WHEN sent.step = 'identity_out' OR (
        rejected.nothing_is_held AND queue.new_number = 'again' AND moved.target_id IS NULL
        AND marks.number_mark <> sent.number_sent) THEN CASE
        WHEN marks.number_mark IS NOT NULL AND verdict.stay_verdict = 'flag'
          AND (coalesce(step.ground, '') <> 'enter' OR verdict.enter_verdict = 'flag')
          AND (coalesce(step.targets, 'self') = 'self' OR sent.target_id IN (
            SELECT target_id FROM plan.target WHERE person_id = episodes.person_id)) THEN 'in'
        ELSE 'nothing'
      END
      WHEN moved.target_id IS NOT NULL THEN 'out'
      WHEN marks.number_mark <> sent.number_sent THEN CASE
        WHEN queue.new_number = 'change' AND verdict.stay_verdict = 'flag' THEN 'change'
        WHEN queue.new_number IN ('again', 'change') THEN 'out'
        WHEN queue.new_number = 'own' AND sent.is_moved THEN NULL
        ELSE queue.new_number
      END
      WHEN verdict.stay_verdict = 'flag' AND (
        marks.name_mark <> sent.name_sent OR queue.tells_birth AND marks.birth_mark <> sent.birth_sent) THEN CASE
        WHEN queue.new_name = 'change' THEN 'change'
        -- The same word once more, of a thing that is still known to be this person's.
        WHEN queue.new_name = 'again' AND (coalesce(step.targets, 'self') = 'self' OR sent.target_id IN (
            SELECT target_id FROM plan.target WHERE person_id = episodes.person_id)) THEN 'in'
        -- By a record of its own, which changes nothing else: a lower amount and whatever has to be said again go first.
        WHEN queue.new_name = 'own'
          AND verdict.amount_cents // card.update_unit_cents >= sent.amount_cents // card.update_unit_cents
          AND NOT (sent.said_hash <> '' AND coalesce(subject.said_hash <> sent.said_hash, false)) THEN 'name'
      END
    END                                                                               AS word
  FROM plan.sent AS sent
  JOIN ledger.episodes AS episodes USING (episode_id)
  JOIN facts.person_marks AS marks ON marks.person_id = episodes.person_id
  JOIN card.queue AS queue ON queue.queue = sent.queue
  JOIN card.card AS card ON card.remedy = sent.remedy
  LEFT JOIN plan.verdict AS verdict ON verdict.remedy = sent.remedy AND verdict.subject_id = sent.subject_id
  LEFT JOIN card.subject AS subject ON subject.remedy = sent.remedy AND subject.subject_id = sent.subject_id
  LEFT JOIN card.step AS step ON step.remedy = sent.remedy AND step.step = sent.first_step
  LEFT JOIN plan.moved_target AS moved
    ON moved.person_id = episodes.person_id AND moved.target_id = sent.target_id AND queue.holds_target
  LEFT JOIN facts.rejected_acts AS rejected
    ON rejected.episode_id = sent.episode_id AND rejected.target_id = sent.target_id
),
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
    coalesce(subject.is_urgent OR reported_as.word IN ('end', 'out'), false) OR party.episode_id IS NOT NULL AS is_urgent,
    reported_as.word,
    party.episode_id IS NOT NULL                                                      AS is_replaced,
    CASE WHEN verdict.release_verdict = 'flag' AND list_has_all(card.grounds_with_case, verdict.release_because)
      THEN goes_on.in_cases END                                                       AS may_go_on_in,
    -- What stands under a number that is not the parent's is taken back without a word of anybody.
    coalesce(reported_as.word IN ('end', 'out', 'change'), false)                     AS number_is_old,
    verdict.subject_id IS NULL
      OR party.episode_id IS NOT NULL
      OR coalesce(reported_as.word = 'end', false)
      OR verdict.release_verdict = 'flag'
      OR episodes.person_id IS DISTINCT FROM verdict.person_id AND same.other_id IS NULL AS lets_go
  FROM plan.sent AS sent
  JOIN ledger.episodes AS episodes USING (episode_id)
  LEFT JOIN plan.verdict AS verdict ON verdict.remedy = sent.remedy AND verdict.subject_id = sent.subject_id
  LEFT JOIN plan.party AS party USING (episode_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = verdict.person_id AND same.other_id = episodes.person_id
  LEFT JOIN reported_as ON reported_as.episode_id = sent.episode_id AND reported_as.target_id = sent.target_id
  LEFT JOIN card.subject AS subject ON subject.remedy = sent.remedy AND subject.subject_id = sent.subject_id
  LEFT JOIN card.card AS card ON card.remedy = sent.remedy
  LEFT JOIN goes_on ON goes_on.case_id = episodes.case_id
)
SELECT
  holding.episode_id,
  holding.remedy,
  holding.subject_id,
  holding.case_id,
  holding.person_id,
  holding.target_id,
  CASE WHEN holding.lets_go THEN 'release' ELSE 'update' END                                AS kind,
  CASE
    WHEN holding.lets_go THEN 'release'
    WHEN holding.word = 'out' THEN 'identity_out'
    WHEN holding.word IN ('in', 'change', 'name') THEN 'identity_in'
    ELSE 'update'
  END                                                                                       AS step,
  holding.queue,
  CASE
    WHEN holding.lets_go OR holding.word = 'out' THEN card.release_message
    WHEN holding.word = 'in' THEN holding.first_message
    ELSE card.update_message
  END                                                                                       AS message,
  CASE WHEN holding.lets_go THEN 1 ELSE holding.version + 1 END                             AS version,
  CASE
    WHEN holding.is_judged AND holding.may_go_on_in IS NULL OR holding.is_replaced OR holding.number_is_old
      OR decision.decision = 'approve' THEN 'due'
    WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true) THEN 'held'
    ELSE 'needs_person'
  END                                                                                       AS status,
  coalesce(CASE WHEN holding.is_replaced THEN ['another parent owes in the case']
    WHEN coalesce(holding.word IN ('end', 'out'), false) THEN ['it stands under a number that is not of this parent']
    WHEN holding.may_go_on_in IS NOT NULL
      THEN list_prepend('it may go on as case ' || holding.may_go_on_in, holding.release_because)
    WHEN holding.lets_go THEN holding.release_because ELSE holding.stay_because END, []) AS because,
  CASE
    WHEN holding.lets_go THEN coalesce(holding.amount_today_cents, holding.amount_cents)
    WHEN holding.word = 'out' THEN 0
    WHEN holding.word = 'name' THEN holding.amount_cents
    -- Whatever else is corrected, an amount does not rise under a stay.
    WHEN holding.word = 'own' AND holding.stay_verdict IS DISTINCT FROM 'flag'
      THEN least(holding.amount_today_cents, holding.amount_cents)
    ELSE coalesce(holding.amount_today_cents, holding.amount_cents)
  END                                                                                       AS amount_cents,
  (holding.lets_go OR coalesce(holding.word = 'out', false)) AND holding.is_urgent              AS is_urgent
FROM holding
JOIN card.card AS card ON card.remedy = holding.remedy
LEFT JOIN plan.decision AS decision ON decision.episode_id = holding.episode_id AND decision.step = 'release'
WHERE holding.lets_go
  OR holding.word IN ('out', 'in')
  OR (holding.word IN ('change', 'own', 'name') AND card.update_message IS NOT NULL)
  -- What stands under no number tonight has nothing that could change.
  OR holding.word IS DISTINCT FROM 'nothing' AND ((
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
  ))
