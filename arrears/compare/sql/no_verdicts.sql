-- The verdicts of a run in which every remedy was off: the columns that every remedy has, and no row.
SELECT
  '' AS remedy,
  '' AS subject_id,
  '' AS case_id,
  '' AS person_id,
  '' AS office,
  '' AS worker,
  '' AS enter_verdict,
  false AS readings_differ,
  '' AS stay_verdict,
  '' AS release_verdict,
  false AS release_readings_differ,
  CAST(NULL AS BIGINT) AS amount_cents
WHERE false
