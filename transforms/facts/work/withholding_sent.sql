-- One row per case and payor whom we told to withhold: which parts stand there, since when, and what was last said.
WITH
said AS (
  SELECT
    subject_id,
    remedy,
    arg_max(kind, (published_on, coalesce(batch_no, 0))) <> 'release'    AS stands,
    max(published_on) FILTER (kind = 'release')                          AS released_on
  FROM ledger.published
  WHERE queue = 'income_withholding'
  GROUP BY ALL
)
SELECT
  said.subject_id,
  bool_or(said.stands)                                                   AS order_stands,
  bool_or(said.stands AND said.remedy = 'income_withholding')            AS current_stands,
  bool_or(said.stands AND said.remedy = 'arrears_withholding')           AS arrears_stand,
  min(published.published_on) FILTER (
    published.kind = 'send' AND said.stands
    AND published.published_on >= coalesce(said.released_on, published.published_on)) AS first_sent_on,
  max(published.published_on) FILTER (published.kind <> 'release')       AS last_told_on,
  min(published.published_on) FILTER (published.kind = 'send')           AS ever_sent_on
FROM said
JOIN ledger.published AS published
  ON published.subject_id = said.subject_id AND published.remedy = said.remedy
  AND published.queue = 'income_withholding'
GROUP BY said.subject_id
