-- One row per piece of property: must the lien be released?
SELECT
  subject_id,
  owed_cents = 0 OR agreement_is_kept OR lien_hearing_is_won OR identity_has_failed AS paid_or_agreed
FROM facts.asset_facts
