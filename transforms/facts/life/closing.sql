-- One row per case: the grounds to close it that a worker documented, what was asked, and what was said since
-- the closing letter.
WITH
ground AS (
  SELECT case_id, list_sort(list(ground)) AS documented_grounds,
    any_value('caseload.closing_grounds@' || source_file || ':' || source_line) AS src
  FROM caseload.closing_grounds
  WHERE documented_on <= $as_of
  GROUP BY case_id
),
asked AS (
  SELECT case_id, min(received_on) AS received_on
  FROM caseload.case_requests
  WHERE kind = 'close' AND received_on <= $as_of AND (done_on IS NULL OR done_on > $as_of)
  GROUP BY case_id
),
opening AS (
  SELECT case_id, min(received_on) AS received_on, max(done_on) AS done_on
  FROM caseload.case_requests
  WHERE kind = 'open' AND received_on <= $as_of
  GROUP BY case_id
),
letter AS (
  SELECT
    case_id,
    max(published_on) FILTER (message = 'closure_60_days')                     AS letter_on,
    max(published_on) FILTER (message = 'closure_done')                        AS second_letter_on
  FROM ledger.published
  WHERE kind = 'notice' AND message IN ('closure_60_days', 'closure_done')
  GROUP BY case_id
),
heard AS (
  SELECT contacts.case_id, max(contacts.received_on) AS received_on
  FROM caseload.contacts AS contacts
  JOIN letter USING (case_id)
  WHERE contacts.with_parent = 'custodial' AND contacts.received_on >= letter.letter_on
    AND contacts.received_on <= $as_of
  GROUP BY contacts.case_id
),
owing AS (
  SELECT case_id, CASE WHEN bool_and(open_cents IS NOT NULL) THEN CAST(sum(open_cents) AS BIGINT) END AS left_cents
  FROM facts.overpaid
  GROUP BY case_id
)
SELECT
  cases.case_id,
  coalesce(ground.documented_grounds, CAST([] AS VARCHAR[]))                   AS documented_grounds,
  ground.src                                                                   AS grounds_src,
  asked.received_on                                                            AS closing_asked_on,
  opening.received_on                                                          AS opening_asked_on,
  opening.done_on                                                              AS opening_done_on,
  letter.letter_on                                                             AS closing_letter_on,
  letter.second_letter_on                                                      AS closing_second_letter_on,
  heard.received_on                                                            AS contact_since_letter_on,
  CASE WHEN owing.case_id IS NOT NULL THEN owing.left_cents WHEN known.overpayments THEN 0 END AS erroneous_payment_cents
FROM caseload.cases AS cases
CROSS JOIN facts.money_known AS known
LEFT JOIN ground USING (case_id)
LEFT JOIN asked USING (case_id)
LEFT JOIN opening USING (case_id)
LEFT JOIN letter USING (case_id)
LEFT JOIN heard USING (case_id)
LEFT JOIN owing USING (case_id)
