-- The work of no kinds: the columns that every kind has, and no row.
SELECT
  '' AS item_id,
  '' AS kind,
  '' AS remedy,
  '' AS subject_id,
  '' AS case_id,
  '' AS person_id,
  '' AS office,
  '' AS worker,
  '' AS episode_id,
  '' AS step,
  '' AS needs,
  CAST(NULL AS BIGINT) AS amount_cents,
  CAST(NULL AS DATE) AS due_on,
  CAST([] AS VARCHAR[]) AS because,
  '' AS facts_hash,
  false AS readings_differ
WHERE false
