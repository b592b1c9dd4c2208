-- The desk's table: the lines in the order of their score, each with its day and the words it is found by. Neither a
-- place that must not be told nor a part of an account is found by trying.
SELECT row_number() OVER (
    ORDER BY matter.priority DESC, coalesce(matter.amount_cents, 0) DESC, matter.item_id) AS row,
  matter.* EXCLUDE (title, cause), days.day,
  lower(concat_ws(' ', matter.item_id, matter.case_id, matter.person_id, replace(matter.remedy, '_', ' '),
    matter.title, CASE WHEN NOT matter.is_protected THEN
      regexp_replace(array_to_string(matter.because, ' '), 'ending [0-9A-Z]+', 'ending', 'g') END)) AS sought
FROM matter LEFT JOIN days USING (matter_id)
ORDER BY row
