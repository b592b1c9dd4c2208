-- Days from the first night that asked for a release to the day on which it left, by remedy; NULL where no night asked.
WITH asked AS (
  FROM query($asked)
),
left_us AS (
  SELECT sent.remedy, sent.subject_id, sent.episode_id, episode.opened_on, min(sent.published_on) AS published_on
  FROM ledger.published AS sent
  LEFT JOIN ledger.episodes AS episode USING (episode_id)
  WHERE sent.kind = 'release' AND sent.batch_no > 0 AND sent.published_on <= $as_of
  GROUP BY ALL
),
gone AS (
  SELECT left_us.remedy, left_us.episode_id, left_us.published_on, min(asked.as_of) AS gone_on
  FROM left_us
  LEFT JOIN asked
    ON asked.remedy = left_us.remedy
    AND asked.subject_id = left_us.subject_id
    AND asked.as_of BETWEEN coalesce(left_us.opened_on, asked.as_of) AND left_us.published_on
  GROUP BY ALL
)
SELECT remedy, date_diff('day', gone_on, published_on) AS days, count(*) AS releases
FROM gone
GROUP BY ALL
ORDER BY remedy, days
