-- One row per case: has the notice done its work? Nothing is taken back; the proceeding ends.
SELECT
  subject_id,
  debt_notice_covers OR owed_cents = 0 OR NOT obligor_is_alive OR NOT case_is_open AS served_or_needless
FROM facts.notice_facts
