-- One row per episode, step and target that was told: its last version, and what became of that in the mail.
-- A proof of service counts for whichever version it came; without one, the last version speaks.
WITH
told AS (
  SELECT published.*
  FROM ledger.published AS published
  SEMI JOIN plan.progress AS progress USING (episode_id)
),
-- What the mail has of each: by our own action number, or, of what was sent before Arrears and has none, by the case
-- (else the person), what it is of and a day that is not before it.
opening AS (
  SELECT *, nullif(case_id, '') AS of_case, nullif(person_id, '') AS of_person
  FROM told
  WHERE kind = 'notice' AND coalesce(batch_no, 0) = 0
),
unnumbered AS (
  SELECT * FROM caseload.notices WHERE reference IS NULL
),
paired AS (
  SELECT told.action_id, notices.notice_id
  FROM told
  JOIN caseload.notices AS notices ON notices.reference = told.action_id
  UNION
  SELECT opening.action_id, notices.notice_id
  FROM opening
  JOIN unnumbered AS notices ON notices.case_id = opening.of_case
  WHERE notices.about IN (opening.remedy, opening.message)
    AND coalesce(notices.sent_on, notices.served_on, notices.returned_on) >= opening.published_on
  UNION
  SELECT opening.action_id, notices.notice_id
  FROM opening
  JOIN unnumbered AS notices ON notices.person_id = opening.of_person
  WHERE opening.of_case IS NULL AND notices.about IN (opening.remedy, opening.message)
    AND coalesce(notices.sent_on, notices.served_on, notices.returned_on) >= opening.published_on
),
-- A notice tells the person on whom it was served: whoever the act is about, or, of letters to the other parent, that
-- parent. One that was served on anybody else did not reach its reader.
notice AS (
  SELECT
    told.action_id,
    notices.notice_id,
    CASE WHEN is_readers.own THEN notices.served_on END                         AS served_on,
    CASE WHEN is_readers.own THEN notices.status ELSE 'unserved' END            AS status
  FROM paired
  JOIN caseload.notices AS notices USING (notice_id)
  JOIN told ON told.action_id = paired.action_id
  LEFT JOIN caseload.cases AS cases ON cases.case_id = told.case_id
  CROSS JOIN LATERAL (
    SELECT coalesce(notices.person_id = told.person_id, true)
      OR (told.queue = 'custodial_notices' AND notices.person_id = cases.custodial_id) AS own
  ) AS is_readers
),
served AS (
  SELECT told.episode_id, told.step, told.target_id, max(notice.served_on) AS served_on
  FROM told
  JOIN notice USING (action_id)
  GROUP BY ALL
)
SELECT
  told.episode_id,
  told.remedy,
  told.subject_id,
  told.step,
  told.target_id,
  told.kind,
  told.version,
  told.published_on                                                             AS sent_on,
  served.served_on,
  CASE WHEN served.served_on IS NOT NULL THEN 'served' ELSE notice.status END  AS status
FROM told
LEFT JOIN served USING (episode_id, step, target_id)
LEFT JOIN notice ON notice.action_id = told.action_id
QUALIFY row_number() OVER (
  PARTITION BY told.episode_id, told.step, told.target_id ORDER BY told.version DESC, notice.notice_id DESC NULLS LAST
) = 1
