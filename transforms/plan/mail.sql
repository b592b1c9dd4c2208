-- One row per episode, step and target that was told: its last version, and what became of that in the mail.
-- A proof of service counts for whichever version it came; without one, the last version speaks.
WITH
told AS (
  SELECT published.*
  FROM ledger.published AS published
  SEMI JOIN plan.progress AS progress USING (episode_id)
),
-- A notice tells the person on whom it was served: whoever the act is about, or, of letters to the other parent, that
-- parent. One that was served on anybody else did not reach its reader.
notice AS (
  SELECT
    notices.reference,
    notices.notice_id,
    CASE WHEN is_readers.own THEN notices.served_on END                         AS served_on,
    CASE WHEN is_readers.own THEN notices.status ELSE 'unserved' END            AS status
  FROM caseload.notices AS notices
  JOIN told ON told.action_id = notices.reference
  LEFT JOIN caseload.cases AS cases ON cases.case_id = told.case_id
  CROSS JOIN LATERAL (
    SELECT coalesce(notices.person_id = told.person_id, true)
      OR (told.queue = 'custodial_notices' AND notices.person_id = cases.custodial_id) AS own
  ) AS is_readers
),
served AS (
  SELECT told.episode_id, told.step, told.target_id, max(notice.served_on) AS served_on
  FROM told
  JOIN notice ON notice.reference = told.action_id
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
LEFT JOIN notice ON notice.reference = told.action_id
QUALIFY row_number() OVER (
  PARTITION BY told.episode_id, told.step, told.target_id ORDER BY told.version DESC, notice.notice_id DESC NULLS LAST
) = 1
