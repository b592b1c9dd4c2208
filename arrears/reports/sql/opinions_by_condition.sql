-- Each condition that a rejection spoke against, and how often its remedy was right; where a rejection names none, the
-- rule as a whole.
WITH stood AS (
  SELECT remedy, count(*) AS times FROM quality.opinions WHERE was_right = 'yes' GROUP BY remedy
)
SELECT
  opinion.remedy,
  coalesce(blame.condition, '') AS condition,
  count(*) AS rejected_as_wrong,
  coalesce(any_value(stood.times), 0) AS stood
FROM quality.opinions AS opinion
LEFT JOIN quality.blame AS blame ON blame.remedy = opinion.remedy AND blame.code = opinion.reason_code
LEFT JOIN stood ON stood.remedy = opinion.remedy
WHERE opinion.was_right = 'no'
GROUP BY ALL
ORDER BY opinion.remedy, condition
