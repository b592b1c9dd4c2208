-- One row per parent and win: what the registry said on that day, what was withheld, and until when they may ask
-- for a hearing.
WITH
told AS (
  SELECT
    links.person_id,
    wins.* EXCLUDE (person_id),
    CASE wins.kind WHEN 'lottery' THEN 'lottery_setoff' ELSE 'gambling_registry' END AS remedy,
    'winnings.winnings@' || links.source_file || ':' || links.source_line         AS src
  FROM match.links AS links
  JOIN staging.winnings AS wins USING (source_file, source_line)
  WHERE links.feed = 'winnings' AND wins.won_on <= $as_of
  QUALIFY row_number() OVER (
    PARTITION BY links.person_id, wins.win_reference ORDER BY links.source_file DESC, links.source_line DESC) = 1
),
listed AS (
  SELECT
    told.person_id,
    told.win_reference,
    CASE arg_max(published.kind, (published.published_on, published.batch_no)) WHEN 'release' THEN 0
      ELSE arg_max(published.amount_cents, (published.published_on, published.batch_no)) END AS listed_cents
  FROM told
  JOIN ledger.published AS published
    ON published.remedy = told.remedy AND published.subject_id = told.person_id
    AND published.published_on <= told.won_on
  GROUP BY ALL
),
asked AS (
  SELECT told.person_id, told.win_reference, min(request.requested_on) AS requested_on
  FROM told
  JOIN caseload.cases AS cases ON cases.obligor_id = told.person_id
  JOIN facts.request AS request ON request.case_id = cases.case_id AND request.about = told.remedy
  WHERE request.requested_on >= told.notice_received_on
  GROUP BY ALL
)
SELECT
  told.person_id || '-' || told.win_reference                                     AS subject_id,
  CAST(NULL AS VARCHAR)                                                           AS case_id,
  told.person_id,
  person.office,
  person.worker,
  told.kind                                                                       AS win_kind,
  told.kind <> 'lottery'                                                          AS is_gambling,
  told.win_reference,
  told.licensee_name,
  told.won_on,
  CASE WHEN told.kind <> 'lottery' THEN told.won_on END                           AS gambled_on,
  told.prize_cents,
  told.withheld_cents,
  listed.listed_cents,
  CAST(CASE WHEN listed.listed_cents IS NOT NULL
    THEN least(listed.listed_cents, told.prize_cents) END AS BIGINT)              AS expected_cents,
  told.withheld_cents <> least(coalesce(listed.listed_cents, 0), told.prize_cents) AS withheld_differs,
  told.registry_attempts,
  told.registry_attempts >= CAST($registry_attempts AS BIGINT)                    AS was_asked_in_good_faith,
  told.notice_received_on,
  calendar.rolls_to                                                               AS hearing_window_ends_on,
  asked.requested_on                                                              AS win_hearing_requested_on,
  CASE WHEN told.sent_on <= $as_of THEN told.sent_on END                          AS money_sent_on,
  CASE WHEN won.requested_on >= told.notice_received_on THEN true
    WHEN person.hearings_pending_about IS NOT NULL THEN false END                 AS win_hearing_is_won,
  told.src                                                                        AS win_src,
  person.owed_cents,
  person.hearing_src,
  person.past_due_src
FROM told
JOIN facts.asset_people AS person USING (person_id)
LEFT JOIN listed USING (person_id, win_reference)
LEFT JOIN asked USING (person_id, win_reference)
LEFT JOIN facts.hearings_won AS won ON won.person_id = told.person_id AND won.about = told.remedy
LEFT JOIN calendar ON calendar.day = told.notice_received_on + CAST($win_hearing_days AS INTEGER)
