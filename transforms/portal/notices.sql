-- One row per notice or letter and the parent to whom it went: what it was about, and what became of it. Nobody sees what
-- was written to somebody else; a notice that names nobody is shown to nobody.
WITH
letter AS (
  SELECT
    action_id,
    case_id,
    message                                               AS notice,
    published_on                                          AS sent_on,
    amount_cents,
    CASE queue WHEN 'custodial_notices' THEN 'custodial' ELSE 'obligor' END AS role,
    person_id
  FROM ledger.published
  WHERE queue IN ('obligor_notices', 'custodial_notices')
),
sent AS (
  SELECT
    notice.case_id,
    notice.person_id,
    CAST(NULL AS VARCHAR)                                 AS role,
    -- What is no code of ours may hold anything that somebody wrote.
    CASE WHEN regexp_full_match(notice.about, '[a-z_]+') THEN notice.about ELSE 'other' END AS notice,
    notice.sent_on,
    notice.served_on,
    notice.returned_on,
    notice.status,
    notice.debt_cents                                     AS amount_cents
  FROM caseload.notices AS notice
  UNION ALL
  -- What the extract tells of our own letters, above, knows more of them.
  SELECT
    letter.case_id,
    CASE letter.role WHEN 'obligor' THEN letter.person_id END,
    letter.role,
    letter.notice,
    letter.sent_on,
    CAST(NULL AS DATE),
    CAST(NULL AS DATE),
    'sent',
    letter.amount_cents
  FROM letter
  ANTI JOIN caseload.notices AS known ON known.reference = letter.action_id
)
SELECT
  party.case_id,
  party.person_id,
  party.role,
  row_number() OVER (
    PARTITION BY party.case_id, party.role
    ORDER BY sent.sent_on, sent.notice, sent.served_on, sent.returned_on, sent.status, sent.amount_cents
  )                                                       AS notice_no,
  sent.notice,
  sent.sent_on,
  sent.served_on,
  sent.returned_on,
  sent.status,
  sent.amount_cents
FROM portal.party AS party
JOIN sent
  ON sent.case_id = party.case_id
    AND (sent.person_id = party.person_id OR (sent.person_id IS NULL AND sent.role = party.role))
WHERE sent.sent_on IS NULL OR sent.sent_on <= $as_of
ORDER BY party.case_id, party.role, notice_no
