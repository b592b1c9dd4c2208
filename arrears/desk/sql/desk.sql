-- The desk's table: the lines in the order of their score, each with whom it is given to, and the words it is found by.
-- Neither a place that must not be told nor a part of an account is found by trying.
SELECT row_number() OVER (
    ORDER BY scored.priority DESC, coalesce(scored.amount_cents, 0) DESC, scored.item_id) AS row,
  scored.*, coalesce(balanced.assigned, scored.worker) AS assigned,
  lower(concat_ws(' ', scored.item_id, scored.case_id, scored.person_id, replace(scored.remedy, '_', ' '),
    kind.title, CASE WHEN NOT scored.is_protected THEN
      regexp_replace(array_to_string(scored.because, ' '), 'ending [0-9A-Z]+', 'ending', 'g') END)) AS sought
FROM scored LEFT JOIN balanced USING (item_id) LEFT JOIN kind USING (kind)
ORDER BY row
