-- One row per spell of Medicaid of a child in a case.
SELECT
  referral.source_line,
  referral.person_number                   AS person_id,
  referral.last_name,
  referral.first_name,
  referral.date_of_birth                   AS birth_on,
  referral.case_number,
  referral.child_number                    AS child_id,
  referral.from_on,
  referral.to_on,
  referral.rights_assigned = 'Y'           AS rights_assigned,
  header.created_on                        AS told_on
FROM referral
CROSS JOIN header
