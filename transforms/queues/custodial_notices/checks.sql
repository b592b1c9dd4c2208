-- One row per letter: an amount stands where the letter states one, and nowhere else.
SELECT record_no, (amount > 0) = (letter.states_amount = 'Y') AS amount_is_meant
FROM record
JOIN letter USING (letter_kind)
