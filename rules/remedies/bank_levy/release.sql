-- One row per account: must the institution be told to let go?
SELECT
  subject_id,
  owed_cents = 0 OR exemption_is_proven OR bank_names_another_person OR identity_has_failed
    OR account_is_renumbered OR levy_hearing_is_won OR bankruptcy_is_open OR account_is_closed OR levy_is_delivered
    OR NOT has_open_case AS must_be_let_go
FROM facts.account_facts
