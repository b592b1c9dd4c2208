-- One row per case of whose parent a notice of debt was tried, or a yearly statement was sent: how often, and when last.
WITH
notice AS (
  SELECT case_id, reference, coalesce(sent_on, served_on, returned_on)     AS tried_on
  FROM facts.case_notices
  WHERE is_obligors AND about = 'notice_of_debt' AND coalesce(sent_on, served_on, returned_on) <= $as_of
),
tried AS (
  SELECT case_id, tried_on
  FROM notice
  UNION ALL
  -- What the agency's record has of a try of ours is the same try.
  SELECT published.case_id, published.published_on
  FROM facts.own_acts AS published
  ANTI JOIN notice ON notice.reference = published.action_id
  -- A try from before Arrears has no action number in the agency's record.
  ANTI JOIN notice AS earlier
    ON earlier.case_id = published.case_id AND earlier.reference IS NULL
    AND earlier.tried_on = published.published_on AND coalesce(published.batch_no, 0) = 0
  WHERE published.message = 'notice_of_debt'
),
tries AS (
  SELECT case_id, max(tried_on) AS tried_on, count(*) AS tries
  FROM tried
  GROUP BY case_id
),
said AS (
  SELECT published.case_id, max(published.published_on) AS said_on
  FROM facts.own_acts AS published
  WHERE published.message = 'annual_statement'
  GROUP BY published.case_id
)
SELECT
  case_id,
  tries.tried_on                                                            AS debt_notice_tried_on,
  tries.tries                                                               AS debt_notice_tries,
  said.said_on                                                              AS statement_said_on
FROM tries
FULL JOIN said USING (case_id)
