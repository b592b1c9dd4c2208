-- One row per new claim: the number under which it was made, and the day of the notice. No name came with it.
SELECT
  claimant.source_line,
  claimant.ssn,
  header.file_date                         AS told_on
FROM claimant
CROSS JOIN header
