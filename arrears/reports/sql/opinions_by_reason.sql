-- Rejections by the reason that was given.
SELECT reason_code, was_right, count(*) AS rejected
FROM quality.opinions
WHERE NOT is_approved
GROUP BY ALL
ORDER BY rejected DESC, reason_code
