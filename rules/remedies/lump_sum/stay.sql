-- One row per claim to money: may the order go out, or the claim be raised, today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  debt_cents > 0                                                                   AS owes_support,
  NOT is_paid_out                                                                  AS not_paid_out,
  reaches_the_parent                                                               AS reached_all_the_same,
  take_cents > 0                                                                   AS takes_something
FROM facts.lump_sum_facts
