-- One row per payment that the Treasury offset for a person of ours, or took back. What names or places the other
-- person on a joint return is federal tax information that no rule needs, and stays in the file.
SELECT
  source_line,
  ssn,
  case_id                             AS person_id,
  case_type,
  offset_type,
  certified_arrears                   AS certified_cents,
  collection_amount                   AS collected_cents,
  adjustment_amount                   AS adjusted_cents,
  nullif(adjustment_year, '0000')     AS adjusted_year,
  nullif(offset_tax_year, '0000')     AS tax_year,
  joint_return_ind IS NOT NULL        AS is_joint_return,
  injured_spouse_ind                  AS injured_spouse
FROM collection
