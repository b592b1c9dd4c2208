-- One row per case: must the placement be recalled?
SELECT
  subject_id,
  owed_cents = 0 OR agreement_is_kept OR NOT case_is_open OR NOT obligor_is_alive OR disputes_about <> []
    OR date_diff('day', last_payment_on, $as_of) < $tried_days                     AS paid_or_over
FROM facts.life_facts
