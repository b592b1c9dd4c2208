-- One row per notice: a plan enrolls a child by name.
SELECT record_no, child_1_last_name IS NOT NULL AND coalesce(child_1_birth_date <= notice_on, true) AS child_is_born
FROM record
