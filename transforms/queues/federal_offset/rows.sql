-- One row per person and case type: add, change or delete his past-due support, and which programs may
-- not use it. Several remedies may feed one record.
WITH
heard AS (
  -- The number (its token) under which the debt was submitted: the federal office finds its record by it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token
  FROM published
  WHERE queue = 'federal_offset' AND (TRY_CAST(carry AS JSON) ->> 'person_token') IS NOT NULL
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    CASE
      WHEN item.message = 'add' THEN person.person_token
      ELSE coalesce(heard.person_token, person.person_token)
    END                                                             AS person_token,
    CASE
      WHEN item.message = 'add' THEN 'A'
      WHEN item.message = 'replace_exclusions' THEN 'R'
      WHEN item.message = 'delete' THEN 'D'
      -- To the federal office no dollar is no debt; and a debt stands under no number that is not the parent's.
      WHEN whole_dollars(item.amount_cents) = 0 OR heard.person_token <> person.person_token THEN 'D'
      ELSE 'M'
    END                                                             AS transaction_type
  FROM item
  JOIN caseload.persons AS person USING (person_id)
  LEFT JOIN heard USING (subject_id)
),
submission AS (
  SELECT
    person_id,
    person_token,
    subject_id,
    right(subject_id, 1)                                            AS case_type,
    transaction_type,
    list(action_id ORDER BY action_id)                              AS action_ids,
    -- The remedies that feed one record rest on one and the same debt.
    max(amount_cents)                                               AS amount_cents
  FROM said
  GROUP BY ALL
),
approved AS (
  SELECT item.subject_id, program.program
  FROM item
  JOIN program USING (remedy)
  WHERE item.message <> 'delete' AND list_contains($programs_in_use, program.program)
  UNION
  SELECT published.subject_id, program.program
  FROM (
    SELECT subject_id, remedy, arg_max(kind, (published_on, coalesce(batch_no, 0))) AS kind
    FROM published
    WHERE queue = 'federal_offset'
    GROUP BY ALL
  ) AS published
  JOIN program USING (remedy)
  WHERE published.kind <> 'release' AND list_contains($programs_in_use, program.program)
),
exclusion AS (
  SELECT
    submission.subject_id,
    string_agg(listed.program, ',' ORDER BY listed.program) AS programs
  FROM (SELECT DISTINCT subject_id FROM submission) AS submission
  CROSS JOIN (SELECT unnest($programs) AS program) AS listed
  ANTI JOIN approved
    ON approved.subject_id = submission.subject_id AND approved.program = listed.program
  GROUP BY submission.subject_id
),
notice AS (
  SELECT person_id, max(sent_on) AS sent_on
  FROM (
    SELECT person_id, sent_on FROM caseload.notices WHERE about = 'federal_offset'
    UNION ALL
    SELECT person_id, published_on FROM published
    WHERE remedy = 'federal_tax_offset' AND message = 'federal_offset' AND kind = 'notice'
  )
  WHERE sent_on <= $as_of
  GROUP BY person_id
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
    FROM caseload.persons
  )
)
SELECT
  partner.submitting_state,
  partner.local_code,
  submission.person_id                                              AS case_id,
  named.last_name,
  named.first_name,
  CASE WHEN transaction_type = 'D' THEN 0 ELSE whole_dollars(amount_cents) END AS arrears_amount,
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
    'reported_dollars': CASE WHEN transaction_type = 'D' THEN 0 ELSE whole_dollars(amount_cents) END,
    'transaction_type': transaction_type,
    'person_token': submission.person_token,
    'excluded': CASE WHEN transaction_type IN ('A', 'R') THEN exclusion.programs END
  }) AS VARCHAR)                                                    AS carry
FROM submission
JOIN named USING (person_id)
JOIN address USING (person_id)
LEFT JOIN exclusion USING (subject_id)
LEFT JOIN notice USING (person_id)
CROSS JOIN partner
ORDER BY case_id, case_type
