-- One row per license of a board's list.
SELECT
  license.source_line,
  license.ssn,
  license.last_name,
  license.first_name,
  license.date_of_birth                    AS birth_on,
  header.board,
  header.board_name,
  CASE license.license_kind
    WHEN 'P' THEN 'professional'
    WHEN 'H' THEN 'hunting'
    WHEN 'F' THEN 'fishing'
    WHEN 'T' THEN 'trapping'
    WHEN 'S' THEN 'shellfish'
    WHEN 'R' THEN 'recreational'
    WHEN 'V' THEN 'registration'
    WHEN 'O' THEN 'other'
  END                                      AS license_kind,
  license.license_number,
  CASE license.status WHEN 'A' THEN 'valid' WHEN 'S' THEN 'suspended' WHEN 'E' THEN 'expired' END AS status,
  license.expires_on
FROM license
CROSS JOIN header
