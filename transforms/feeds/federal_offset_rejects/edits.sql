-- One row per reject; the first true column is the reason it is set aside.
SELECT
  'reject' AS record,
  reject.source_line,
  reject.submitting_state IS DISTINCT FROM control.submitting_state
    AS "another state's record",
  coalesce(reject.case_type NOT IN ('A', 'N'), true)
    AS "no kind of debt: the record cannot be found",
  reject.case_id IS NULL
    AS "no person number: the record cannot be found",
  coalesce(nullif(reject.error_code_1, '00'), '') = ''
    AS "an answer without a code"
FROM reject
CROSS JOIN control
