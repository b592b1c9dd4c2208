-- One row per case and month: does nothing pass through any more?
SELECT
  subject_id,
  passed_cents = 0                                                                 AS nothing_passes
FROM facts.pass_through_facts
