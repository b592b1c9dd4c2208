-- One row per person who owes in a case: what is known of them over all their cases. One case that forbids is
-- enough, and one of which it is not known leaves it not known.
SELECT
  person_id,
  coalesce(min(case_id) FILTER (case_is_open), min(case_id))                            AS first_case_id,
  list_sort(list(case_id))                                                              AS cases,
  CASE WHEN bool_or(case_is_open AND is_full_service) THEN true
    WHEN bool_and((case_is_open AND is_full_service) IS NOT NULL) THEN false END        AS has_open_case,
  CASE WHEN bool_or(case_is_open AND is_full_service AND debt_gate_is_open) THEN true
    WHEN bool_and((case_is_open AND is_full_service AND debt_gate_is_open) IS NOT NULL) THEN false END
                                                                                        AS debt_gate_is_open,
  any_value(obligor_is_alive)                                                           AS obligor_is_alive,
  any_value(ssn_is_verified)                                                            AS ssn_is_verified,
  CASE WHEN bool_or(NOT identity_is_certain) THEN false
    WHEN bool_and(identity_is_certain IS NOT NULL) THEN true END                        AS identity_is_certain,
  CASE WHEN bool_or(identity_has_failed) THEN true
    WHEN bool_and(identity_has_failed IS NOT NULL) THEN false END                       AS identity_has_failed,
  any_value(obligor_is_assisted)                                                        AS obligor_is_assisted,
  any_value(obligor_has_birth_date)                                                     AS obligor_has_birth_date,
  any_value(obligor_has_address)                                                        AS obligor_has_address,
  any_value(obligor_location_is_protected)                                              AS obligor_location_is_protected,
  CASE WHEN bool_or(has_family_violence) THEN true
    WHEN bool_and(has_family_violence IS NOT NULL) THEN false END                       AS has_family_violence,
  CASE WHEN bool_or(bankruptcy_is_open) THEN true
    WHEN bool_and(bankruptcy_is_open IS NOT NULL) THEN false END                        AS bankruptcy_is_open,
  CASE WHEN bool_or(agreement_is_kept) THEN true
    WHEN bool_and(agreement_is_kept IS NOT NULL) THEN false END                         AS agreement_is_kept,
  CASE WHEN bool_and(hearings_pending_about IS NOT NULL)
    THEN list_sort(list_distinct(flatten(list(hearings_pending_about)))) END AS hearings_pending_about,
  list_sort(list_distinct(list(case_id) FILTER (len(twin_cases) > 0)))                 AS twin_cases,
  any_value(license_count)                                                              AS license_count,
  any_value(new_hire_on)                                                                AS new_hire_on,
  any_value(bank_account_count)                                                         AS bank_account_count,
  any_value(refund_received_cents)                                                      AS refund_received_cents,
  any_value(person_src)                                                                 AS person_src,
  nullif(array_to_string(list_sort(list_distinct(list(case_src))), ';'), '') AS case_src,
  nullif(array_to_string(list_sort(list_distinct(list(order_src))), ';'), '') AS order_src,
  nullif(array_to_string(list_sort(list_distinct(list(past_due_src))), ';'), '') AS past_due_src,
  nullif(array_to_string(list_sort(list_distinct(list(debt_notice_src))), ';'), '') AS debt_notice_src,
  nullif(array_to_string(list_sort(list_distinct(list(hearing_src))), ';'), '') AS hearing_src,
  nullif(array_to_string(list_sort(list_distinct(list(agreement_src))), ';'), '') AS agreement_src,
  nullif(array_to_string(list_sort(list_distinct(list(stays_src))), ';'), '') AS stays_src,
  nullif(array_to_string(list_sort(list_distinct(list(oldest_unpaid_src))), ';'), '') AS oldest_unpaid_src,
  any_value(licenses_src)                                                               AS licenses_src,
  any_value(new_hire_src)                                                               AS new_hire_src,
  any_value(bank_src)                                                                   AS bank_src,
  any_value(refund_src)                                                                 AS refund_src
FROM facts.case_facts
GROUP BY person_id
