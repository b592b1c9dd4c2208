-- One row per federal record that was ever told: what was said last, what the federal office answered, and what it
-- says it holds. A reject is open while nothing was said after it and the name and number are still those rejected.
WITH
told AS (
  SELECT
    *,
    TRY_CAST(carry AS JSON) AS words
  FROM ledger.published
  WHERE queue = 'federal_offset'
),
last_reported AS (
  SELECT
    subject_id,
    person_id,
    published_on                                                                    AS told_on,
    coalesce(words ->> 'transaction_type', CASE WHEN kind = 'release' THEN 'D' ELSE 'A' END) AS transaction_type,
    amount_cents,
    TRY_CAST(words ->> 'reported_dollars' AS BIGINT) * $record_unit_cents           AS reported_cents,
    words ->> 'excluded'                                                            AS excluded
  FROM told
  QUALIFY row_number() OVER (
    PARTITION BY subject_id ORDER BY published_on DESC, coalesce(batch_no, 0) DESC, action_id DESC) = 1
),
of_record AS (
  SELECT
    subject_id,
    -- The list of excluded programs as an add or a replacement said it last.
    arg_max(words ->> 'excluded', (published_on, coalesce(batch_no, 0)))
      FILTER ((words ->> 'excluded') IS NOT NULL)                                   AS excluded,
    min(published_on)                                                               AS first_reported_on,
    count(DISTINCT batch_no) FILTER ((words ->> 'moved') = 'true')                  AS times_moved,
    max(published_on) FILTER (kind = 'release')                                     AS released_on
  FROM told
  GROUP BY subject_id
),
living AS (
  SELECT subject_id, list(remedy ORDER BY remedy) AS remedies
  FROM (
    SELECT subject_id, remedy, arg_max(kind, (published_on, coalesce(batch_no, 0))) AS kind
    FROM told
    GROUP BY ALL
  )
  WHERE kind <> 'release'
  GROUP BY subject_id
),
answer AS (
  SELECT
    rejects.person_id || '-' || rejects.case_type                                   AS subject_id,
    rejects.transaction_type,
    rejects.codes,
    coalesce(arrivals.period_on, arrivals.received_on)                              AS rejected_on,
    rejects.source_file,
    rejects.source_line,
    'federal_offset_rejects.federal_offset_rejects@' || rejects.source_file || ':' || rejects.source_line AS src,
    list_has_any(rejects.codes, ['06', '12', '38'])                                 AS tells_what_is_held,
    -- The name or the number is no longer the one that was rejected.
    coalesce(rejects.person_token <> persons.person_token, false)
      OR coalesce(regexp_replace(rejects.last_name, '[^A-Z]', '', 'g')
        <> regexp_replace(upper(strip_accents(persons.last_name)), '[^A-Z]', '', 'g'), false) AS is_worked
  FROM staging.federal_offset_rejects AS rejects
  JOIN staging.arrivals AS arrivals
    ON arrivals.feed = 'federal_offset_rejects' AND arrivals.source_file = rejects.source_file
  LEFT JOIN caseload.persons AS persons ON persons.person_id = rejects.person_id
  -- A warning alone takes the record as it is.
  WHERE rejects.codes <> ['47']
),
last_answer AS (
  SELECT *
  FROM answer
  QUALIFY row_number() OVER (
    PARTITION BY subject_id ORDER BY rejected_on DESC, source_file DESC, source_line DESC) = 1
),
said_again AS (
  SELECT subject_id, count(*) AS times
  FROM answer
  WHERE is_worked OR (tells_what_is_held AND transaction_type <> 'D' AND NOT list_contains(codes, '12'))
  GROUP BY subject_id
),
held AS (
  SELECT
    record.person_id || '-' || record.case_type                                     AS subject_id,
    record.person_id,
    record.held_cents,
    record.excluded,
    'federal_offset_reconciliation.federal_offset_reconciliation@' || record.source_file || ':' || record.source_line
                                                                                    AS src
  FROM staging.federal_offset_reconciliation AS record
  QUALIFY row_number() OVER (
    PARTITION BY record.person_id, record.case_type ORDER BY record.source_file DESC, record.source_line DESC) = 1
),
listed AS (
  SELECT max(through_on) AS through_on, coalesce(bool_or(is_current), false) AS is_current
  FROM facts.fresh
  WHERE name = 'federal_offset_reconciliation'
),
ours AS (
  SELECT
    last_reported.* EXCLUDE (excluded),
    of_record.excluded,
    of_record.first_reported_on,
    of_record.times_moved,
    of_record.released_on,
    coalesce(living.remedies, CAST([] AS VARCHAR[]))                                AS remedies,
    CASE WHEN last_answer.rejected_on > last_reported.told_on THEN last_answer.rejected_on END AS rejected_on,
    last_answer.codes,
    last_answer.transaction_type                                                    AS rejected_transaction,
    last_answer.tells_what_is_held,
    last_answer.is_worked,
    last_answer.src                                                                 AS reject_src,
    coalesce(said_again.times, 0)                                                   AS times_said_again
  FROM last_reported
  JOIN of_record USING (subject_id)
  LEFT JOIN living USING (subject_id)
  LEFT JOIN last_answer USING (subject_id)
  LEFT JOIN said_again USING (subject_id)
),
judged AS (
  SELECT
    *,
    CASE
      WHEN rejected_on IS NULL THEN transaction_type <> 'D'
      WHEN list_contains(codes, '06') THEN true
      WHEN list_has_any(codes, ['12', '38']) THEN false
      -- What was rejected did not happen: no record came in, none was deleted.
      ELSE rejected_transaction <> 'A'
    END                                                                             AS is_held,
    rejected_on IS NOT NULL AND NOT is_worked
      -- Already on file, or deleted before: the next word is said right by itself. A delete that finds nothing is done.
      AND NOT (tells_what_is_held AND (rejected_transaction = 'D' OR NOT list_contains(codes, '12'))) AS reject_is_open
  FROM ours
)
SELECT
  coalesce(judged.subject_id, held.subject_id)                                      AS subject_id,
  CAST(NULL AS VARCHAR)                                                             AS case_id,
  coalesce(judged.person_id, held.person_id)                                        AS person_id,
  cases.office,
  cases.worker,
  judged.first_reported_on,
  judged.told_on,
  judged.transaction_type,
  coalesce(judged.is_held, false)                                                   AS is_held,
  judged.reported_cents,
  judged.amount_cents                                                               AS last_reported_cents,
  coalesce(judged.remedies, CAST([] AS VARCHAR[]))                                  AS remedies,
  string_split(judged.excluded, ',')                                                AS excluded,
  coalesce(judged.times_moved, 0)                                                   AS times_moved,
  coalesce(judged.times_said_again, 0)                                              AS times_said_again,
  judged.released_on,
  judged.rejected_on,
  CASE WHEN judged.rejected_on IS NOT NULL THEN judged.codes END                    AS reject_codes,
  CASE WHEN judged.rejected_on IS NOT NULL THEN list_transform(judged.codes, lambda code: code || CASE code
    WHEN '01' THEN ' state' WHEN '02' THEN ' number' WHEN '03' THEN ' last name' WHEN '04' THEN ' first name'
    WHEN '05' THEN ' amount' WHEN '06' THEN ' already on file' WHEN '07' THEN ' transaction'
    WHEN '08' THEN ' twice in the cycle' WHEN '09' THEN ' kind of debt' WHEN '11' THEN ' state payment is the same'
    WHEN '12' THEN ' number not on file' WHEN '17' THEN ' last name does not go with the number'
    WHEN '19' THEN ' amount not lower' WHEN '23' THEN ' transfer state' WHEN '26' THEN ' year'
    WHEN '29' THEN ' local code' WHEN '32' THEN ' notice date' WHEN '33' THEN ' excluded programs'
    WHEN '34' THEN ' no offset for the state payment' WHEN '35' THEN ' state payment above the offset'
    WHEN '38' THEN ' deleted before' WHEN '40' THEN ' address' WHEN '47' THEN ' address missing (warning)'
    ELSE ' not in the list of codes' END) END                                       AS reject_reasons,
  coalesce(judged.reject_is_open, false)                                            AS reject_is_open,
  CASE WHEN listed.is_current THEN held.held_cents END                              AS office_cents,
  CASE WHEN listed.is_current THEN coalesce(held.excluded, CAST([] AS VARCHAR[])) END AS office_excluded,
  CASE WHEN listed.is_current THEN listed.through_on END                            AS office_listed_on,
  CASE WHEN listed.says_of_it THEN held.subject_id IS NOT NULL AND NOT coalesce(judged.is_held, false) END
                                                                                    AS only_office_holds,
  CASE WHEN listed.says_of_it THEN held.subject_id IS NULL AND coalesce(judged.is_held, false) END
                                                                                    AS only_we_hold,
  CASE WHEN listed.says_of_it
    THEN coalesce(judged.is_held AND held.held_cents <> judged.reported_cents, false) END AS office_differs,
  CASE WHEN listed.says_of_it AND held.subject_id IS NOT NULL
    THEN list_filter(string_split(judged.excluded, ','), lambda program: NOT list_contains(held.excluded, program))
  END                                                                               AS office_lacks,
  judged.reject_src,
  held.src                                                                          AS office_src
FROM judged
FULL JOIN held USING (subject_id)
CROSS JOIN LATERAL (
  -- What the office listed before we spoke last says nothing of it.
  SELECT through_on, is_current, is_current AND coalesce(through_on > judged.told_on, true) AS says_of_it
  FROM listed
) AS listed
LEFT JOIN facts.person_guards AS guards ON guards.person_id = coalesce(judged.person_id, held.person_id)
LEFT JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
