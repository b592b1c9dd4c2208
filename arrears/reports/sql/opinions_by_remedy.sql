-- Approvals and rejections by remedy.
SELECT
  remedy,
  count(*) FILTER (is_approved) AS approved,
  count(*) FILTER (NOT is_approved AND was_right = 'yes') AS rejected_though_right,
  count(*) FILTER (was_right = 'no') AS rejected_as_wrong,
  count(*) FILTER (was_right = 'not_said') AS rejected_without_reason
FROM quality.opinions
GROUP BY remedy
ORDER BY remedy
