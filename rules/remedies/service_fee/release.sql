-- One row per case and federal fiscal year: is there no fee to charge any more?
SELECT
  subject_id,
  fee_is_taken OR NOT never_had_assistance OR disbursed_cents < threshold_cents OR NOT case_is_open AS taken_or_not_due
FROM facts.fee_facts
