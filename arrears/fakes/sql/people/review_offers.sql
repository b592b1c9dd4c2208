-- When the parents of each open case were last told of their right to a review.
SELECT case_of(i) AS case_id, $first_night - CAST(dice('offered', i, 1000) AS INTEGER) AS told_on,
  $known_on AS known_on
FROM bulk WHERE conduct <> 'closed'
