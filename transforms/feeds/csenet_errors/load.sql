-- One row per transaction to another state that the network turned down, with its code and words.
SELECT
  source_line,
  local_case_id                                              AS case_id,
  other_state_fips                                           AS other_fips,
  other_case_id,
  concat_ws(' ', action_code, functional_type, action_reason) AS transaction_kind,
  transaction_date                                           AS transaction_on,
  error_code,
  error_message
FROM error
