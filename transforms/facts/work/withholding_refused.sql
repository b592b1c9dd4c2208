-- One row per case and payor who turned down what we sent: after which message nothing stands there, whether a person has
-- to look before anything else is said, and whether the end of an order was turned down. An original that is rejected
-- never began, whatever the reason, but for a duplicate (D): that payor holds one. An amendment leaves the order
-- before it where the payor only could not work it (X, O); where they do not have this parent, nothing stands.
WITH
last AS (
  SELECT
    subject_id,
    tracking_number,
    arg_max({'status': disposition_status, 'reason': coalesce(disposition_reason, ''), 'on': answered_on,
      'action': document_action, 'at': sent_at, 'is_todays_number': is_todays_number},
      (answered_on, source_file, source_line))                           AS answer
  FROM facts.employer_answers
  WHERE NOT is_own_word
  GROUP BY ALL
),
refused AS (
  SELECT
    subject_id,
    answer.reason                                                        AS reason,
    answer.on                                                            AS refused_on,
    answer.at                                                            AS void_at,
    answer.action = 'TRM'                                                AS is_of_the_end,
    answer.is_todays_number                                              AS is_todays_number
  FROM last
  WHERE answer.status = 'R' AND answer.reason <> 'D'
    AND (answer.action <> 'AMD' OR answer.reason IN ('B', 'M', 'N', 'S', 'U', 'W', 'Z'))
),
void AS (
  SELECT
    subject_id,
    max(void_at)                                                         AS void_at,
    arg_max({'reason': reason, 'on': refused_on, 'is_todays_number': is_todays_number}, void_at) AS latest
  FROM refused
  WHERE NOT is_of_the_end OR reason IN ('N', 'U', 'Z')
  GROUP BY subject_id
),
kept AS (
  SELECT subject_id, arg_max(reason, void_at) AS reason, max(refused_on) AS refused_on
  FROM refused
  WHERE is_of_the_end AND reason NOT IN ('N', 'U', 'Z')
  GROUP BY subject_id
)
SELECT
  subject_id,
  void.void_at,
  void.latest.reason                                                     AS refused_reason,
  void.latest.on                                                         AS refused_on,
  -- Whoever could not work a record is sent it anew; what any other reason needs, only a person can say.
  coalesce(void.latest.reason <> 'X' AND void.latest.is_todays_number, false) AS needs_person,
  kept.reason                                                            AS end_refused_reason,
  kept.refused_on                                                        AS end_refused_on
FROM void
FULL JOIN kept USING (subject_id)
