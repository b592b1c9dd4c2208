-- One row per letter: an amount, a reason and a share stand where the letter states one, and nowhere else.
SELECT record_no,
  (reason IS NOT NULL) = (letter.says_why = 'Y') AS it_says_why,
  (share_percent IS NOT NULL) = (letter.says_share = 'Y') AS it_says_the_share,
  (amount > 0) = (letter.states_amount = 'Y') AS amount_is_meant
FROM record
JOIN letter USING (letter_kind)
