-- One row: who furnishes these accounts, and the day they stand for.
SELECT
  $record_length AS record_descriptor_word,
  'HEADER'       AS record_identifier,
  cycle_identifier,
  innovis_program_identifier,
  equifax_program_identifier,
  experian_program_identifier,
  transunion_program_identifier,
  $as_of         AS activity_date,
  $as_of         AS date_created,
  program_date,
  program_revision_date,
  reporter_name,
  reporter_address,
  reporter_telephone_number,
  software_vendor_name,
  software_version_number
FROM partner
