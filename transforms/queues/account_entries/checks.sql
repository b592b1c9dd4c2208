-- One row per entry: it charges something for a period, and its parts are the amount.
SELECT
  record_no,
  (amount > 0 OR entry_kind = 'PASS_THROUGH') AND period_ends_on IS NOT NULL                                                       AS entry_charges_something,
  interest_amount + penalty_amount = CASE entry_kind WHEN 'INTEREST' THEN amount ELSE 0 END       AS parts_are_the_amount
FROM record
