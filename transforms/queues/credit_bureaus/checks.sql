-- One row per base record: what the bureaus' machines do not test and a furnisher answers for.
SELECT
  record_no,
  account_status NOT IN ($status_under_limit, $status_over_limit)
    OR date_first_delinquency IS NOT NULL                                    AS first_delinquency_is_known,
  date_first_delinquency IS NULL OR date_first_delinquency <= $as_of         AS first_delinquency_is_past,
  amount_past_due <= current_balance                                         AS past_due_is_within_the_balance,
  (payment_rating IS NOT NULL) = (account_status IN ('05', '13', '65', '88', '89', '94', '95'))
                                                                             AS rating_only_when_closed,
  regexp_full_match(payment_history_profile, '[0-6BDEGHJKLZ ]{24}')          AS history_is_spelled_right,
  ltrim(identification_number, '0 ') <> ''                                   AS furnisher_is_named,
  social_security_number IS NOT NULL OR date_birth IS NOT NULL               AS consumer_is_identified
FROM record
