-- One row per case of which a notice of debt was tried, or a yearly statement was sent: how often, and when last.
WITH
notice AS (
  SELECT case_id, reference, coalesce(sent_on, served_on, returned_on)     AS tried_on
  FROM caseload.notices
  WHERE about = 'notice_of_debt' AND case_id IS NOT NULL AND coalesce(sent_on, served_on, returned_on) <= $as_of
),
tried AS (
  SELECT case_id, tried_on
  FROM notice
  UNION ALL
  -- What the agency's record has of a try of ours is the same try.
  SELECT published.case_id, published.published_on
  FROM ledger.published AS published
  ANTI JOIN notice ON notice.reference = published.action_id
  WHERE published.message = 'notice_of_debt' AND published.case_id IS NOT NULL
),
tries AS (
  SELECT case_id, max(tried_on) AS tried_on, count(*) AS tries
  FROM tried
  GROUP BY case_id
),
said AS (
  SELECT case_id, max(published_on) AS said_on
  FROM ledger.published
  WHERE message = 'annual_statement' AND case_id IS NOT NULL
  GROUP BY case_id
)
SELECT
  case_id,
  tries.tried_on                                                            AS debt_notice_tried_on,
  tries.tries                                                               AS debt_notice_tries,
  said.said_on                                                              AS statement_said_on
FROM tries
FULL JOIN said USING (case_id)
