-- One row per episode, step and target that was told: its last version, and what became of that in the mail.
-- A proof of service counts for whichever version it came; without one, the last version speaks.
WITH
told AS (
  SELECT published.*
  FROM ledger.published AS published
  SEMI JOIN plan.progress AS progress USING (episode_id)
),
served AS (
  SELECT told.episode_id, told.step, told.target_id, max(notices.served_on) AS served_on
  FROM told
  JOIN caseload.notices AS notices ON notices.reference = told.action_id
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
  CASE WHEN served.served_on IS NOT NULL THEN 'served' ELSE notices.status END  AS status
FROM told
LEFT JOIN served USING (episode_id, step, target_id)
LEFT JOIN caseload.notices AS notices ON notices.reference = told.action_id
QUALIFY row_number() OVER (
  PARTITION BY told.episode_id, told.step, told.target_id ORDER BY told.version DESC, notices.notice_id DESC NULLS LAST
) = 1
