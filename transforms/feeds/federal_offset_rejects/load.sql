-- One row per record of ours that the federal office rejected, or took with a warning, with its codes.
SELECT
  source_line,
  ssn,
  case_id                                       AS person_id,
  case_type,
  transaction_type,
  last_name,
  CAST(arrears_amount AS BIGINT)                AS submitted_dollars,
  list_filter(
    [error_code_1, error_code_2, error_code_3, error_code_4, error_code_5, error_code_6],
    lambda code: code IS NOT NULL AND code <> '00') AS codes
FROM reject
