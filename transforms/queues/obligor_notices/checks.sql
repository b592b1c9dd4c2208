-- One row per notice: a notice belongs to a stated debt.
SELECT record_no, amount > 0 AS debt_is_stated
FROM record
