-- One row per notice: a notice belongs to a stated debt; a letter that asks for nothing may have none.
SELECT
  record_no,
  CASE WHEN notice.states_debt = 'Y' THEN amount > 0 OR notice.respond_from = 'NONE' ELSE amount = 0 END AS debt_is_stated
FROM record
JOIN notice USING (notice_kind)
