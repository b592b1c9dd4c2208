-- One row per case and federal fiscal year: is the annual fee due?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  interstate <> 'responding'                                                       AS charged_here,
  never_had_assistance                                                             AS never_assisted,
  NOT fee_is_taken                                                                 AS fee_not_taken,
  disbursed_cents >= threshold_cents                                                    AS disbursed_enough
FROM facts.fee_facts
