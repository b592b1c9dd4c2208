-- One row per case and payor whom we told to withhold: which parts stand there, since when, and what was last said.
-- What the payor turned down does not stand, nor what was said before it.
WITH
said AS (
  SELECT
    subject_id,
    remedy,
    arg_max(kind, (published_on, coalesce(batch_no, 0))) <> 'release'    AS is_active,
    max({'on': published_on, 'batch': coalesce(batch_no, 0)})            AS said_at,
    max(published_on) FILTER (kind = 'release')                          AS released_on
  FROM ledger.published
  WHERE queue = 'income_withholding'
  GROUP BY ALL
),
-- One record carries both parts: a word after the one that was turned down tells the whole order anew.
judged AS (
  SELECT
    said.*,
    coalesce(max(said.said_at) OVER (PARTITION BY said.subject_id) <= refused.void_at, false) AS is_void,
    refused.void_at
  FROM said
  LEFT JOIN facts.withholding_refused AS refused USING (subject_id)
)
SELECT
  judged.subject_id,
  bool_or(judged.is_active AND NOT judged.is_void)                       AS order_in_place,
  bool_or(judged.is_active AND NOT judged.is_void AND judged.remedy = 'income_withholding') AS current_in_place,
  bool_or(judged.is_active AND NOT judged.is_void AND judged.remedy = 'arrears_withholding') AS arrears_stand,
  bool_or(judged.is_void)                                                AS order_is_void,
  min(published.published_on) FILTER (
    judged.is_active AND NOT judged.is_void
    AND coalesce({'on': published.published_on, 'batch': coalesce(published.batch_no, 0)} > judged.void_at, published.kind = 'send')
    AND published.published_on >= coalesce(judged.released_on, published.published_on)) AS first_sent_on,
  max(published.published_on) FILTER (published.kind <> 'release')       AS last_reported_on,
  min(published.published_on) FILTER (published.kind = 'send')           AS ever_sent_on
FROM judged
JOIN ledger.published AS published
  ON published.subject_id = judged.subject_id AND published.remedy = judged.remedy
  AND published.queue = 'income_withholding'
GROUP BY judged.subject_id
