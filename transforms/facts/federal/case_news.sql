-- One row per case of which the Federal Case Registry, the network between states, another state or the military told
-- something that a person has to look at: what it was, as long as nobody has acted on it.
WITH
came AS (
  SELECT feed, source_file, coalesce(period_on, received_on) AS came_on
  FROM staging.arrivals
),
-- What the registry said last of the case, and of each person in it.
answer AS (
  SELECT
    told.*,
    came.came_on,
    'fcr_acknowledgments.fcr_acknowledgments@' || told.source_file || ':' || told.source_line AS src
  FROM staging.fcr_acknowledgments AS told
  JOIN came ON came.feed = 'fcr_acknowledgments' AND came.source_file = told.source_file
  QUALIFY row_number() OVER (
    PARTITION BY told.about, told.case_id, told.person_id
    ORDER BY came.came_on DESC, told.source_file DESC, told.source_line DESC) = 1
),
-- A number that was corrected since is answered anew; a name that is not theirs is another person's answer.
standing AS (
  SELECT
    answer.*,
    coalesce(answer.role, 'case')                                                     AS who,
    concat_ws(' ', coalesce(answer.role, 'case'), array_to_string(answer.errors, ' ')) AS told_errors,
    concat_ws(' ', coalesce(answer.role, 'case'), array_to_string(answer.warnings, ' ')) AS told_warnings
  FROM answer
  LEFT JOIN caseload.persons AS persons ON persons.person_id = answer.person_id
  LEFT JOIN match.links AS links
    ON links.feed = 'fcr_acknowledgments' AND links.source_file = answer.source_file
    AND links.source_line = answer.source_line AND links.person_id = answer.person_id
  WHERE NOT (answer.asked = 'D' AND answer.result = 'accepted')
    AND (persons.person_id IS NULL OR links.person_id IS NOT NULL)
    AND coalesce(persons.person_token = answer.person_token, true)
),
registry AS (
  SELECT
    case_id,
    list_sort(list(DISTINCT told_errors) FILTER (result = 'rejected'))                AS registry_rejected,
    list_sort(list(DISTINCT who) FILTER (result = 'held'))                            AS registry_held,
    list_sort(list(DISTINCT who) FILTER (about = 'person' AND result = 'accepted' AND NOT number_is_verified))
                                                                                      AS registry_unmatched,
    list_sort(list(DISTINCT told_warnings) FILTER (result = 'accepted' AND len(warnings) > 0)) AS registry_warnings,
    list_sort(list(DISTINCT who) FILTER (result = 'accepted' AND number_is_another))  AS registry_other_number,
    list_sort(list(DISTINCT who) FILTER (result = 'accepted' AND birth_differs))      AS registry_other_birth,
    max(came_on)                                                                      AS registry_answered_on,
    string_agg(src, ';' ORDER BY src)                                                 AS registry_src
  FROM standing
  GROUP BY case_id
),
sent_again AS (
  SELECT case_id, max(greatest(sent_on, acknowledged_on)) AS on_day
  FROM caseload.referrals
  GROUP BY case_id
),
network AS (
  SELECT
    error.case_id,
    list_sort(list(DISTINCT concat_ws(' ', error.error_code, error.error_message)))   AS network_errors,
    list_sort(list(DISTINCT error.transaction_kind))                                  AS network_transactions,
    list_sort(list(DISTINCT error.other_fips))                                        AS network_states,
    max(coalesce(error.transaction_on, came.came_on))                                 AS network_error_on,
    string_agg('csenet_errors.csenet_errors@' || error.source_file || ':' || error.source_line, ';'
      ORDER BY error.source_file, error.source_line)                                  AS network_src
  FROM staging.csenet_errors AS error
  JOIN came ON came.feed = 'csenet_errors' AND came.source_file = error.source_file
  LEFT JOIN sent_again ON sent_again.case_id = error.case_id
  -- What was sent or confirmed after it is no longer in question.
  WHERE NOT coalesce(sent_again.on_day > coalesce(error.transaction_on, came.came_on), false)
  GROUP BY error.case_id
),
-- What another state asks or tells is open until the register of its requests, or a referral, has something later.
taken_up AS (
  SELECT case_id, max(on_day) AS on_day
  FROM (
    SELECT case_id, greatest(received_on, answered_on) AS on_day FROM caseload.registry_requests
    UNION ALL
    -- A referral of the same day may have crossed with it.
    SELECT case_id, on_day - 1 FROM sent_again
  )
  GROUP BY case_id
),
message AS (
  SELECT
    told.*,
    -- A place is shown only of the parent whose number is the one that we have.
    CASE WHEN told.person_token = obligor.person_token THEN told.told_address END     AS place,
    CASE WHEN told.person_token = obligor.person_token THEN told.employer_name END    AS employer,
    'csenet_transactions.csenet_transactions@' || told.source_file || ':' || told.source_line AS src
  FROM staging.csenet_transactions AS told
  JOIN caseload.cases AS cases USING (case_id)
  LEFT JOIN caseload.persons AS obligor ON obligor.person_id = cases.obligor_id
  LEFT JOIN taken_up USING (case_id)
  WHERE told.transaction_on <= $as_of AND NOT coalesce(taken_up.on_day >= told.transaction_on, false)
),
messages AS (
  SELECT
    case_id,
    list_sort(list(DISTINCT concat_ws(' ', action_code, functional_type, action_reason))) AS message_kinds,
    list_sort(list(DISTINCT concat_ws(' ', 'state', other_fips, 'case', other_case_id))) AS message_from,
    max(transaction_on)                                                               AS message_on,
    bool_or(has_attachments)                                                          AS message_papers_follow,
    arg_max(order_cents, (transaction_on, src)) FILTER (order_cents IS NOT NULL)      AS message_order_cents,
    arg_max(order_frequency, (transaction_on, src)) FILTER (order_cents IS NOT NULL)  AS message_order_frequency,
    arg_max(order_from_on, (transaction_on, src)) FILTER (order_cents IS NOT NULL)    AS message_order_from_on,
    CAST(sum(collected_cents) AS BIGINT)                                              AS message_collected_cents,
    max(collected_on)                                                                 AS message_collected_on,
    arg_max(information_text, (transaction_on, src)) FILTER (information_text IS NOT NULL) AS message_text,
    arg_max(place, (transaction_on, src)) FILTER (place IS NOT NULL)                  AS message_place,
    arg_max(employer, (transaction_on, src)) FILTER (employer IS NOT NULL)            AS message_employer,
    string_agg(src, ';' ORDER BY src)                                                 AS message_src
  FROM message
  GROUP BY case_id
),
child AS (
  SELECT
    told.*,
    'dmdc_coverage.dmdc_coverage@' || told.source_file || ':' || told.source_line     AS src
  FROM staging.dmdc_coverage AS told
  JOIN came ON came.feed = 'dmdc_coverage' AND came.source_file = told.source_file
  JOIN match.links AS links
    ON links.feed = 'dmdc_coverage' AND links.source_file = told.source_file AND links.source_line = told.source_line
  JOIN caseload.cases AS cases ON cases.case_id = told.case_id AND cases.obligor_id = links.person_id
  QUALIFY row_number() OVER (
    PARTITION BY told.case_id, told.child_id
    ORDER BY came.came_on DESC, told.source_file DESC, told.source_line DESC) = 1
),
cover AS (
  SELECT
    case_id,
    count(*)                                                                          AS children_covered,
    min(cover_from_on)                                                                AS cover_reported_from_on,
    string_agg(src, ';' ORDER BY src)                                                 AS cover_src
  FROM child
  WHERE child_is_covered AND cover_from_on <= $as_of AND coalesce(cover_to_on >= $as_of, true)
  GROUP BY case_id
)
SELECT
  case_id                                                                             AS subject_id,
  coalesce(registry.registry_rejected, CAST([] AS VARCHAR[]))                         AS registry_rejected,
  coalesce(registry.registry_held, CAST([] AS VARCHAR[]))                             AS registry_held,
  coalesce(registry.registry_unmatched, CAST([] AS VARCHAR[]))                        AS registry_unmatched,
  coalesce(registry.registry_warnings, CAST([] AS VARCHAR[]))                         AS registry_warnings,
  coalesce(registry.registry_other_number, CAST([] AS VARCHAR[]))                     AS registry_other_number,
  coalesce(registry.registry_other_birth, CAST([] AS VARCHAR[]))                      AS registry_other_birth,
  registry.registry_answered_on,
  coalesce(network.network_errors, CAST([] AS VARCHAR[]))                             AS network_errors,
  coalesce(network.network_transactions, CAST([] AS VARCHAR[]))                       AS network_transactions,
  coalesce(network.network_states, CAST([] AS VARCHAR[]))                             AS network_states,
  network.network_error_on,
  coalesce(messages.message_kinds, CAST([] AS VARCHAR[]))                             AS message_kinds,
  coalesce(messages.message_from, CAST([] AS VARCHAR[]))                              AS message_from,
  messages.message_on,
  messages.message_papers_follow,
  messages.message_order_cents,
  messages.message_order_frequency,
  messages.message_order_from_on,
  messages.message_collected_cents,
  messages.message_collected_on,
  messages.message_text,
  messages.message_place,
  messages.message_employer,
  coalesce(cover.children_covered, 0)                                                 AS children_covered,
  cover.cover_reported_from_on,
  registry.registry_src,
  network.network_src,
  messages.message_src,
  cover.cover_src
FROM registry
FULL JOIN network USING (case_id)
FULL JOIN messages USING (case_id)
FULL JOIN cover USING (case_id)
SEMI JOIN caseload.cases USING (case_id)
