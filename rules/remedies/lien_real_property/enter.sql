-- One row per piece of property: may a lien be recorded on it?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT obligor_is_assisted                                                          AS not_assisted,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  NOT agreement_is_kept                                                            AS no_kept_agreement,
  debt_cents > 0                                                                   AS owes_support,
  asset_kind = 'real_property'                                                     AS is_real_property,
  is_still_his                                                                     AS still_his,
  title_is_sole                                                                    AS held_alone,
  asset_is_here                                                                    AS lies_here,
  NOT lien_is_on_record                                                            AS no_lien_yet
FROM facts.asset_facts
