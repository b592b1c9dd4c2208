-- One row per notice: a notice belongs to a stated debt; a letter that asks for nothing may have none.
SELECT record_no, amount > 0 OR respond_from = 'NONE' AS debt_is_stated
FROM record
