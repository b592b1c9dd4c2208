-- One row per person and case type: the one word that turns what the federal office holds into what is approved
-- tonight. Several remedies feed one record, each for its own programs: the first adds it, a further one and one that
-- lets go replace the excluded programs, and the last one deletes it. Another number deletes the record under the old
-- one; the next night adds it under the new. Another name is told by a record of its own, which changes nothing else.
WITH
said AS (
  SELECT
    *,
    TRY_CAST(carry AS JSON)                                         AS words,
    (published_on, coalesce(batch_no, 0))                           AS reported_at
  FROM published
  WHERE queue = 'federal_offset'
),
heard AS (
  SELECT
    subject_id,
    max(reported_at)                                                AS reported_at,
    max(published_on)                                               AS told_on,
    arg_max(coalesce(words ->> 'transaction_type', CASE WHEN kind = 'release' THEN 'D' ELSE 'A' END), reported_at)
                                                                    AS transaction_type,
    -- The number (its token) under which the debt was submitted: the federal office finds its record by it.
    arg_max(words ->> 'person_token', reported_at) FILTER ((words ->> 'person_token') IS NOT NULL) AS person_token,
    -- The mark of the name under which it is held, since only an addition and a name change tell one.
    arg_max(words -> 'identity' ->> 'name', reported_at) FILTER ((words -> 'identity' ->> 'name') IS NOT NULL) AS name_mark,
    arg_max(TRY_CAST(words ->> 'reported_dollars' AS BIGINT), reported_at)
      FILTER ((words ->> 'reported_dollars') IS NOT NULL)           AS reported_dollars
  FROM said
  GROUP BY subject_id
),
record AS (
  SELECT
    heard.*,
    -- What the office answered after our last word counts; what we said after its answer does, too.
    CASE WHEN office.rejected_on > heard.told_on THEN office.is_held ELSE heard.transaction_type <> 'D' END AS is_held
  FROM heard
  LEFT JOIN facts.federal_records AS office USING (subject_id)
),
-- The remedies that use the record once tonight's acts are done.
living AS (
  SELECT subject_id, remedy
  FROM (
    SELECT subject_id, remedy, arg_max(kind, reported_at) AS kind
    FROM said
    GROUP BY ALL
  ) AS standing
  ANTI JOIN (SELECT subject_id, remedy FROM item WHERE message = 'delete') AS leaving USING (subject_id, remedy)
  WHERE kind <> 'release'
  UNION
  SELECT subject_id, remedy
  FROM item
  WHERE message <> 'delete'
),
tonight AS (
  SELECT
    item.subject_id,
    any_value(item.person_id)                                       AS person_id,
    -- The remedies that feed one record rest on one and the same debt.
    coalesce(max(item.amount_cents) FILTER (item.message <> 'delete'), max(item.amount_cents)) AS amount_cents,
    bool_or(item.message IN ('add', 'delete', 'replace_exclusions')) AS changes_programs,
    bool_or(item.step = 'identity_in')                              AS changes_name
  FROM item
  GROUP BY item.subject_id
),
word AS (
  SELECT
    tonight.*,
    person.person_token                                             AS person_token_today,
    record.person_token                                             AS held_token,
    record.reported_dollars,
    record.name_mark                                                AS held_name,
    coalesce(record.is_held, false)
      AND coalesce(record.person_token <> person.person_token, false)
      AND whole_dollars(tonight.amount_cents) > 0
      AND tonight.subject_id IN (SELECT subject_id FROM living)     AS moves,
    CASE
      WHEN tonight.subject_id NOT IN (SELECT subject_id FROM living) THEN 'D'
      -- To the federal office no dollar is no debt.
      WHEN whole_dollars(tonight.amount_cents) = 0 THEN 'D'
      -- A debt stands under no number that is not the parent's.
      WHEN coalesce(record.is_held, false) AND record.person_token <> person.person_token THEN 'D'
      WHEN NOT coalesce(record.is_held, false) THEN 'A'
      WHEN tonight.changes_programs THEN 'R'
      WHEN tonight.changes_name AND coalesce(whole_dollars(tonight.amount_cents) >= record.reported_dollars, false) THEN 'B'
      ELSE 'M'
    END                                                             AS transaction_type
  FROM tonight
  JOIN known_persons AS person USING (person_id)
  LEFT JOIN record USING (subject_id)
),
submission AS (
  SELECT
    word.*,
    right(word.subject_id, 1)                                       AS case_type,
    CASE WHEN transaction_type = 'A' THEN person_token_today ELSE coalesce(held_token, person_token_today) END
                                                                    AS person_token,
    CASE
      WHEN transaction_type = 'D' THEN 0
      WHEN transaction_type = 'B' THEN word.reported_dollars
      ELSE whole_dollars(word.amount_cents)
    END                                                             AS dollars,
    told.action_ids
  FROM word
  JOIN (
    SELECT
      item.subject_id,
      list(item.action_id ORDER BY item.action_id)                  AS action_ids
    FROM item
    JOIN word USING (subject_id)
    -- Other programs and another name change no amount: a changed one waits for the next night, when it is a change.
    WHERE word.transaction_type NOT IN ('R', 'B') OR item.message <> 'modify'
      OR coalesce(whole_dollars(item.amount_cents) = word.reported_dollars, false)
    GROUP BY item.subject_id
  ) AS told USING (subject_id)
),
approved AS (
  SELECT living.subject_id, program.program
  FROM living
  JOIN program USING (remedy)
  WHERE list_contains($programs_in_use, program.program)
),
exclusion AS (
  SELECT
    submission.subject_id,
    string_agg(listed.program, ',' ORDER BY listed.program) AS programs
  FROM submission
  CROSS JOIN (SELECT unnest($programs) AS program) AS listed
  ANTI JOIN approved
    ON approved.subject_id = submission.subject_id AND approved.program = listed.program
  GROUP BY submission.subject_id
),
-- One notice speaks for all programs; what the agency sent before was to the person.
notice AS (
  SELECT submission.subject_id, max(notice.sent_on) AS sent_on
  FROM submission
  JOIN (
    SELECT person_id, NULL AS subject_id, sent_on FROM caseload.notices WHERE about = 'federal_offset'
    UNION ALL
    SELECT person_id, subject_id, published_on FROM published WHERE message = 'federal_offset' AND kind = 'notice'
  ) AS notice
    ON notice.person_id = submission.person_id
    AND coalesce(notice.subject_id = submission.subject_id, true)
  WHERE notice.sent_on <= $as_of
  GROUP BY submission.subject_id
),
-- Letters, hyphens and blanks only; where a stranger stands among the first four, the letters close up.
named AS (
  SELECT
    person_id,
    CASE
      WHEN regexp_matches(last_name, '^[A-Z-]{0,3}[^A-Z-]') THEN regexp_replace(last_name, '[^A-Z-]', '', 'g')
      ELSE regexp_replace(last_name, '[^A-Z -]', '', 'g')
    END                                                             AS last_name,
    nullif(regexp_replace(regexp_replace(first_name, '[^A-Z -]', '', 'g'), '^[ -]+', ''), '') AS first_name
  FROM (
    SELECT person_id, plain(last_name) AS last_name, plain(first_name) AS first_name
    FROM known_persons
  )
)
SELECT
  partner.submitting_state,
  partner.local_code,
  submission.person_id                                              AS case_id,
  named.last_name,
  named.first_name,
  submission.dollars                                                AS arrears_amount,
  submission.transaction_type,
  submission.case_type,
  CASE WHEN transaction_type = 'A' THEN plain(address.line_1) END   AS address_line_1,
  CASE WHEN transaction_type = 'A' THEN plain(address.line_2) END   AS address_line_2,
  CASE WHEN transaction_type = 'A' THEN plain(address.city) END     AS city,
  CASE WHEN transaction_type = 'A' THEN address.state END           AS state,
  CASE
    WHEN transaction_type = 'A' AND regexp_full_match(address.zip, '[0-9]{5}') THEN address.zip || '0000'
    WHEN transaction_type = 'A' THEN address.zip
  END                                                               AS zip,
  CASE WHEN transaction_type = 'A' THEN notice.sent_on END          AS pre_offset_notice_date,
  CASE WHEN transaction_type IN ('A', 'R') THEN exclusion.programs END AS offset_exclusions,
  address.is_withheld                                               AS location_is_withheld,
  submission.person_token,
  submission.action_ids,
  submission.amount_cents,
  transaction_type = 'D'                                            AS is_withdrawal,
  CAST(to_json({
    'reported_dollars':
      CASE WHEN transaction_type = 'R' THEN coalesce(submission.reported_dollars, submission.dollars)
        ELSE submission.dollars END,
    'transaction_type': transaction_type,
    'person_token': submission.person_token,
    'excluded': CASE WHEN transaction_type IN ('A', 'R') THEN exclusion.programs END,
    'identity': {'name': CASE WHEN transaction_type NOT IN ('A', 'B') THEN submission.held_name END},
    'moved': submission.moves AND transaction_type = 'D'
  }) AS VARCHAR)                                                    AS carry
FROM submission
JOIN named USING (person_id)
JOIN address USING (person_id)
LEFT JOIN exclusion USING (subject_id)
LEFT JOIN notice USING (subject_id)
CROSS JOIN partner
ORDER BY case_id, case_type
