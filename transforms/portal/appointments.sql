-- One row per appointment to come and the parent who is expected there, for that parent alone. A place that holds a name,
-- street or employer of the other parent is withheld: it was written by hand.
WITH
word AS (
  SELECT person_id, last_name AS word
  FROM caseload.persons
  UNION
  SELECT person_id, line_1
  FROM caseload.addresses
  UNION
  SELECT person_id, employer_name
  FROM caseload.employers
),
coming AS (
  SELECT
    party.*,
    seen.appointment_id,
    seen.kind,
    seen.starts_on,
    CASE WHEN regexp_full_match(seen.starts_at, '[0-2][0-9]:[0-5][0-9]') THEN seen.starts_at END AS starts_at,
    -- One line, which no spreadsheet takes for a formula.
    nullif(regexp_replace(regexp_replace(seen.place, '[[:cntrl:]]', ' ', 'g'), '^[^[:alnum:]]+', ''), '') AS place,
    seen.status
  FROM portal.party AS party
  JOIN caseload.appointments AS seen ON seen.case_id = party.case_id AND seen.person_id = party.person_id
  WHERE seen.starts_on >= $as_of
),
telling AS (
  SELECT DISTINCT coming.case_id, coming.role, coming.appointment_id
  FROM coming
  JOIN word ON word.person_id = coming.other_id
  WHERE contains(lower(coming.place), lower(word.word)) OR contains(coming.place, coming.other_id)
)
SELECT
  coming.case_id,
  coming.person_id,
  coming.role,
  replace(coming.appointment_id, coming.other_id, '*')    AS appointment_id,
  coming.kind,
  coming.starts_on,
  coming.starts_at,
  CASE WHEN coming.starts_at IS NOT NULL THEN $time_zone END AS time_zone,
  CASE WHEN telling.case_id IS NULL THEN coming.place END AS place,
  telling.case_id IS NOT NULL                             AS place_is_withheld,
  coming.status
FROM coming
LEFT JOIN telling
  ON telling.case_id = coming.case_id
    AND telling.role = coming.role
    AND telling.appointment_id = coming.appointment_id
ORDER BY coming.case_id, coming.role, coming.starts_on, coming.appointment_id
