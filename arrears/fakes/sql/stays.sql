-- Stays of the bulk.
SELECT 'S' || case_of(i) || left(kind, 1) AS stay_id,
  CASE WHEN kind <> 'bankruptcy' THEN case_of(i) END AS case_id,
  CASE WHEN kind = 'bankruptcy' THEN person_of(obligor_p) END AS person_id, kind,
  CASE WHEN kind = 'exemption' THEN 'license_revocation' END AS remedy,
  $first_night - CAST(10 + dice(kind, i, 200) AS INTEGER) AS from_on, $known_on AS known_on
FROM bulk, (VALUES ('good_cause', 120), ('bankruptcy', 70), ('exemption', 150), ('dispute', 200))
  AS kinds(kind, sides)
WHERE dice('stay ' || kind, i, sides) = 0
