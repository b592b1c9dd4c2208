-- One row per case whose latest notice of some kind did not reach the parent: sending is not service, and no clock
-- runs from it. Such a notice is served again.
WITH
latest AS (
  SELECT *
  FROM facts.case_notices
  WHERE coalesce(sent_on, served_on, returned_on) <= $as_of AND (is_obligors OR is_custodials)
  QUALIFY row_number() OVER (
    PARTITION BY case_id, about
    ORDER BY greatest(sent_on, served_on, returned_on) DESC NULLS LAST, notice_id DESC) = 1
)
SELECT
  case_id,
  list_sort(list(about))                                                      AS unserved_notices,
  max(returned_on)                                                            AS notice_returned_on,
  string_agg('caseload.notices@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line)
                                                                              AS unserved_src
FROM latest
WHERE status IN ('returned', 'unserved') AND coalesce(served_on > $as_of, true)
GROUP BY case_id
