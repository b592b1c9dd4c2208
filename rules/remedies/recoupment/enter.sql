-- One row per case: may later money of the family be kept for an overpayment, after a letter that says so?
SELECT
  subject_id,
  overpaid_cents > 0                                                               AS overpaid,
  NOT family_is_on_assistance                                                      AS not_on_assistance,
  recoupment_percent_is_set                                                        AS percent_set,
  NOT overpayment_is_contested                                                     AS not_contested
FROM facts.money_facts
