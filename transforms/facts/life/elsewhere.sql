-- One row per case: does the parent who owes live in another state, and how far is the referral to it?
WITH
lives AS (
  SELECT person_id, arg_min(state, kind = 'mail') AS state
  FROM caseload.addresses
  WHERE state IS NOT NULL
  GROUP BY person_id
),
referral AS (
  SELECT *
  FROM caseload.referrals
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY decided_on DESC NULLS LAST, to_state) = 1
),
-- A request that came through the network counts from the day it came, also before it is entered in the register.
asked AS (
  SELECT case_id, received_on, answered_on
  FROM caseload.registry_requests
  UNION ALL
  SELECT told.case_id, coalesce(came.period_on, came.received_on), NULL
  FROM staging.csenet_transactions AS told
  JOIN staging.arrivals AS came ON came.feed = 'csenet_transactions' AND came.source_file = told.source_file
  LEFT JOIN (
    SELECT case_id, max(greatest(received_on, answered_on)) AS on_day FROM caseload.registry_requests GROUP BY case_id
  ) AS entered USING (case_id)
  WHERE told.action_code = 'R' AND NOT coalesce(entered.on_day >= told.transaction_on, false)
),
registry AS (
  SELECT case_id, max(received_on) AS received_on, max(answered_on) AS answered_on
  FROM asked
  WHERE received_on <= $as_of
  GROUP BY case_id
)
SELECT
  cases.case_id,
  coalesce(referral.to_state, lives.state)                                     AS other_state,
  lives.state <> $state                                                        AS obligor_lives_elsewhere,
  referral.decided_on                                                          AS referral_decided_on,
  referral.papers_complete_on,
  referral.missing_papers,
  greatest(referral.decided_on, referral.papers_complete_on)                   AS referral_ready_on,
  referral.sent_on                                                             AS referral_sent_on,
  referral.acknowledged_on                                                     AS referral_acknowledged_on,
  registry.received_on                                                         AS registry_asked_on,
  registry.answered_on                                                         AS registry_answered_on,
  'caseload.referrals@' || referral.source_file || ':' || referral.source_line AS referral_src
FROM caseload.cases AS cases
LEFT JOIN lives ON lives.person_id = cases.obligor_id
LEFT JOIN referral ON referral.case_id = cases.case_id
LEFT JOIN registry ON registry.case_id = cases.case_id
