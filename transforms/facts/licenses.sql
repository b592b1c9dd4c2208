-- One row per person and license that is valid tonight, from the agency's own records and from exact matches
-- with the motor vehicle bureau; the agency's own record comes first where both know it.
WITH
told AS (
  SELECT
    person_id,
    license_number,
    license_kind,
    board,
    0                                                                    AS place,
    source_file,
    source_line,
    'caseload.licenses@' || source_file || ':' || source_line            AS src
  FROM caseload.licenses
  WHERE coalesce(status = 'valid', false) AND coalesce(expires_on >= $as_of, true)
  UNION ALL
  SELECT
    links.person_id,
    dmv.license_number,
    'driver',
    NULL,
    1,
    dmv.source_file,
    dmv.source_line,
    'dmv_licenses.dmv_licenses@' || dmv.source_file || ':' || dmv.source_line AS src
  FROM match.links AS links
  JOIN staging.dmv_licenses AS dmv USING (source_file, source_line)
  -- What the agency knows to be suspended or expired is not valid because the bureau's file is older.
  ANTI JOIN caseload.licenses AS own
    ON own.person_id = links.person_id AND own.license_number = dmv.license_number AND own.status <> 'valid'
  WHERE links.feed = 'dmv_licenses' AND dmv.license_number IS NOT NULL
    AND coalesce(dmv.expires_on >= $as_of, true)
)
SELECT
  person_id,
  license_number,
  arg_min(license_kind, (place, source_file, source_line))                AS license_kind,
  max(board)                                                             AS board,
  string_agg(DISTINCT src, ';' ORDER BY src)                             AS src
FROM told
-- What a rejected line would have said of their licenses nobody knows: none of them is restricted.
ANTI JOIN (
  SELECT person_id FROM caseload.rejected WHERE table_name = 'licenses'
) AS lost USING (person_id)
GROUP BY person_id, license_number
