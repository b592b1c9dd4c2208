-- Each record of the file was rejected or has a warning, of its kind of debt; one may be counted as both.
SELECT 'records rejected or with warnings (TANF)' AS what, asked.told, asked.found
FROM (
  SELECT CAST(control.tanf_rejected AS BIGINT) + CAST(control.tanf_warnings AS BIGINT) AS told,
    CASE
      WHEN own.records BETWEEN greatest(CAST(control.tanf_rejected AS BIGINT), CAST(control.tanf_warnings AS BIGINT)) AND told THEN told
      ELSE own.records
    END AS found
  FROM control CROSS JOIN (SELECT count(*) AS records FROM typed_reject WHERE case_type = 'A') AS own
) AS asked
UNION ALL
SELECT 'records rejected or with warnings (non-TANF)', asked.told, asked.found
FROM (
  SELECT CAST(control.non_tanf_rejected AS BIGINT) + CAST(control.non_tanf_warnings AS BIGINT) AS told,
    CASE
      WHEN own.records BETWEEN greatest(CAST(control.non_tanf_rejected AS BIGINT), CAST(control.non_tanf_warnings AS BIGINT)) AND told
        THEN told
      ELSE own.records
    END AS found
  FROM control CROSS JOIN (SELECT count(*) AS records FROM typed_reject WHERE case_type = 'N') AS own
) AS asked
