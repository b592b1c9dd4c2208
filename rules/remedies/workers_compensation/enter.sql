-- One row per claim to money: may the payer be told of a lien? At once, on match.
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  debt_cents > 0                                                                   AS owes_support,
  claim_remedy = 'workers_compensation'                                            AS is_compensation,
  match_is_exact                                                                   AS match_is_sure,
  payer_is_known                                                                   AS payer_known,
  NOT is_paid_out                                                                  AS not_paid_out,
  NOT is_periodic_income                                                           AS not_by_the_week,
  reaches_the_parent                                                               AS reached_all_the_same,
  take_cents > 0                                                                   AS takes_something
FROM facts.lump_sum_facts
