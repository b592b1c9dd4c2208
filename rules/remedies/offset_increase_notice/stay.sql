-- One row per person and kind of debt: does some of it still wait for a notice?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  not_told_cents > 0                                                               AS still_untold
FROM facts.federal_facts
