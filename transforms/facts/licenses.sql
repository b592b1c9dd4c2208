-- One row per person and license that is valid tonight, from the agency's own records and from exact matches with the
-- motor vehicle agency and with the boards' own lists; the agency's own record comes first where both know it.
WITH
listed AS (
  SELECT 'dmv_licenses' AS feed, license_number, 'driver' AS license_kind, CAST(NULL AS VARCHAR) AS board, expires_on,
    source_file, source_line
  FROM staging.dmv_licenses
  UNION ALL
  SELECT 'dmv_matches', license_number, 'driver', NULL, NULL, source_file, source_line
  FROM staging.dmv_matches
  UNION ALL
  SELECT 'board_licenses', license_number, license_kind, board, expires_on, source_file, source_line
  FROM staging.board_licenses
  WHERE status = 'valid'
  UNION ALL
  -- Of a registration the plate is the number.
  SELECT 'dmv_vehicles', plate_number, 'registration', NULL, NULL, source_file, source_line
  FROM staging.dmv_vehicles
),
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
    listed.license_number,
    listed.license_kind,
    listed.board,
    1,
    listed.source_file,
    listed.source_line,
    links.feed || '.' || links.feed || '@' || links.source_file || ':' || links.source_line AS src
  FROM match.links AS links
  JOIN listed USING (feed, source_file, source_line)
  -- What the agency knows to be suspended or expired is not valid because another's file is older.
  ANTI JOIN caseload.licenses AS own
    ON own.person_id = links.person_id AND own.license_number = listed.license_number AND own.status <> 'valid'
  WHERE listed.license_number IS NOT NULL AND coalesce(listed.expires_on >= $as_of, true)
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
