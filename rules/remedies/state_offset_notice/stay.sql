-- One row per person who owes: is there still something to be told of?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  claimable_cents > 0                                                              AS debt_left
FROM facts.state_claim_facts
