-- One row per claim that an insurer matched to a person of ours.
SELECT
  source_line,
  obligor_ssn                                            AS ssn,
  obligor_last_name                                      AS last_name,
  obligor_first_name                                     AS first_name,
  processing_date                                        AS matched_on,
  insurer_id,
  insurer_name,
  concat_ws(' ', insurer_address_1, insurer_address_2)   AS insurer_line_1,
  insurer_city,
  insurer_state,
  insurer_zip,
  claim_number,
  claim_type,
  loss_date                                              AS lost_on,
  nullif(claim_amount, 0)                                AS claim_cents,
  -- A number that agrees only after a digit was changed is somebody's guess.
  match_code = '01'                                      AS number_was_exact
FROM match
