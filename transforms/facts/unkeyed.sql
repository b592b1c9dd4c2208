-- One row per case with a request or paper that came in and is not keyed: until it is, nobody knows what it asks for.
WITH
paper AS (
  SELECT
    case_id,
    received_on,
    kind IN ('hearing', 'other')                                              AS may_ask_for_a_hearing,
    false                                                                     AS says_unable_to_pay,
    'caseload.unkeyed@' || source_file || ':' || source_line                  AS src
  FROM caseload.unkeyed
  WHERE received_on <= $as_of AND coalesce(keyed_on > $as_of, true)
  -- What a parent asks by portal or voice response counts from that moment, not from when a worker takes it up.
  UNION ALL
  SELECT
    tip.case_id,
    tip.received_on,
    tip.kind IN ('HR', 'DI')                                                  AS may_ask_for_a_hearing,
    tip.kind = 'IN' AND tip.told_by = 'O'                                     AS says_unable_to_pay,
    'staging.portal_intake@' || tip.source_file || ':' || tip.source_line     AS src
  FROM staging.portal_intake AS tip
  LEFT JOIN caseload.tips_worked AS worked USING (tip_id)
  WHERE tip.kind IN ('HR', 'DI', 'IN') AND tip.received_on <= $as_of AND coalesce(worked.worked_on > $as_of, true)
)
SELECT
  case_id,
  bool_or(may_ask_for_a_hearing)                                              AS has_unkeyed_hearing,
  bool_or(says_unable_to_pay)                                                 AS has_unkeyed_inability,
  min(received_on)                                                            AS unkeyed_since_on,
  string_agg(src, ';' ORDER BY src)                                           AS unkeyed_src
FROM paper
GROUP BY case_id
