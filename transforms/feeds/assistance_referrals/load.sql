-- One row per thing that the assistance agency tells of a family: a grant, its end, or good cause.
SELECT
  referral.source_line,
  referral.person_number                   AS person_id,
  referral.last_name,
  referral.first_name,
  referral.date_of_birth                   AS birth_on,
  referral.case_number,
  CASE referral.event
    WHEN 'G' THEN 'grant'
    WHEN 'E' THEN 'grant_ended'
    WHEN 'C' THEN 'good_cause_claimed'
    WHEN 'Y' THEN 'good_cause_found'
    WHEN 'N' THEN 'good_cause_over'
  END                                      AS event,
  referral.from_on,
  referral.to_on,
  nullif(referral.monthly_amount, 0)       AS monthly_cents,
  header.created_on                        AS told_on
FROM referral
CROSS JOIN header
