-- One row per case with paper that came in and is not keyed: until it is, nobody knows what it asks for.
SELECT
  case_id,
  bool_or(kind IN ('hearing', 'other'))                                       AS has_unkeyed_hearing,
  min(received_on)                                                            AS unkeyed_since_on,
  string_agg('caseload.unkeyed@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line)
                                                                              AS unkeyed_src
FROM caseload.unkeyed
WHERE received_on <= $as_of AND coalesce(keyed_on > $as_of, true)
GROUP BY case_id
