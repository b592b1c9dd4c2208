-- One row per letter: an amount stands where the letter states one, and nowhere else.
SELECT record_no,
  (closing_reason IS NOT NULL) = (letter.letter_kind IN ('closure_60_days', 'closure_done')) AS closing_says_why,
  (amount > 0) = (letter.states_amount = 'Y') AS amount_is_meant
FROM record
JOIN letter USING (letter_kind)
