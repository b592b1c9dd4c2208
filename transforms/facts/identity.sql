-- One row per person of the caseload: whether the number is their own beyond doubt, and what else is known of them.
-- Where a line about them was rejected, in any table that is read here, only what protects them still stands. Whatever protects counts from
-- wherever it is known: the agency's own records and every partner that tells it. So each remedy reads the same.
WITH
lost AS (
  SELECT person_id, list(DISTINCT table_name) AS tables
  FROM caseload.rejected
  WHERE table_name IN ('persons', 'benefits', 'benefit_checks', 'custody') AND person_id IS NOT NULL
  GROUP BY person_id
),
paid AS (
  SELECT
    person_id,
    bool_or(kind = 'ssi')                                              AS has_ssi,
    bool_or(kind = 'tanf')                                             AS has_tanf,
    string_agg('caseload.benefits@' || source_file || ':' || source_line, ';' ORDER BY kind, source_line) AS src
  FROM caseload.benefits
  WHERE kind IN ('ssi', 'tanf') AND from_on <= $as_of AND coalesce(to_on >= $as_of, true)
  GROUP BY person_id
),
-- The last finished check of a person's deposits: a benefit that was found and not named may be this one.
looked AS (
  SELECT
    person_id,
    bool_or(result = 'found' AND contains(benefit_types, 'SSI'))       AS found_ssi,
    bool_or(result = 'found' AND benefit_types IS NULL)                AS may_be_ssi,
    string_agg('caseload.benefit_checks@' || source_file || ':' || source_line, ';' ORDER BY source_line)
      FILTER (result = 'found')                                        AS src
  FROM (
    SELECT *
    FROM caseload.benefit_checks
    WHERE result <> 'incomplete' AND checked_on <= $as_of
    QUALIFY rank() OVER (PARTITION BY person_id ORDER BY checked_on DESC) = 1
  )
  GROUP BY person_id
),
held AS (
  SELECT
    person_id,
    bool_or(expected_to_on IS NULL)                                    AS end_is_open,
    string_agg('caseload.custody@' || source_file || ':' || source_line, ';' ORDER BY source_line) AS src
  FROM caseload.custody
  WHERE from_on <= $as_of AND coalesce(expected_to_on >= $as_of, true)
  GROUP BY person_id
),
told AS (
  SELECT
    persons.* EXCLUDE (person_token),
    NOT list_contains(gone.tables, 'persons')                          AS is_read,
    NOT list_has_any(gone.tables, ['persons', 'benefits', 'benefit_checks']) AS ssi_is_read,
    NOT list_has_any(gone.tables, ['persons', 'benefits'])             AS tanf_is_read,
    NOT list_has_any(gone.tables, ['persons', 'custody'])              AS custody_is_read,
    known.persons                                                      AS is_known,
    people.person_token                                                AS usable_token,
    people.number_is_shared,
    also.keyed_as
  FROM caseload.persons AS persons
  CROSS JOIN facts.known AS known
  LEFT JOIN lost ON lost.person_id = persons.person_id
  LEFT JOIN match.people AS people ON people.person_id = persons.person_id
  CROSS JOIN LATERAL (
    SELECT list_concat(known.lost, coalesce(lost.tables, CAST([] AS VARCHAR[]))) AS tables
  ) AS gone
  LEFT JOIN (
    SELECT person_id, list_sort(list_append(list(other_id), person_id)) AS keyed_as
    FROM facts.same_people
    GROUP BY person_id
  ) AS also ON also.person_id = persons.person_id
)
SELECT
  told.person_id,
  CASE WHEN told.is_read OR NOT told.ssn_verified THEN told.ssn_verified END AS ssn_is_verified,
  told.usable_token IS NOT NULL                                        AS has_usable_number,
  coalesce(told.number_is_shared, false)                               AS number_is_shared,
  -- The same person by number, name and birth date stands in the caseload under each of these person numbers.
  told.keyed_as,
  -- A death that a partner reports stops what is new; a person confirms it before anything ends.
  CASE
    WHEN told.died_on <= $as_of THEN false
    WHEN partner.died_on IS NOT NULL OR partner.is_dead OR partner.death_is_in_doubt THEN NULL
    WHEN told.is_known AND told.is_read THEN true
  END                                                                  AS is_alive,
  tanf.receives OR ssi.receives                                        AS is_assisted,
  CASE WHEN told.is_read THEN told.birth_on IS NOT NULL END            AS has_birth_date,
  CASE WHEN told.is_read THEN told.birth_on + to_years(CAST($majority_age AS INTEGER)) <= $as_of END AS is_of_age,
  CASE
    WHEN told.family_violence OR partner.has_family_violence THEN true
    WHEN told.is_read AND NOT partner.violence_is_in_doubt THEN told.family_violence
  END                                                                  AS has_family_violence,
  CASE
    WHEN told.in_prison OR partner.is_in_prison OR NOT held.end_is_open THEN true
    WHEN partner.prison_is_in_doubt OR held.end_is_open OR NOT told.custody_is_read THEN NULL
    ELSE coalesce(told.in_prison, partner.is_in_prison)
  END                                                                  AS is_in_prison,
  CASE WHEN told.in_military OR partner.is_in_military THEN true WHEN told.is_read THEN told.in_military END AS is_in_military,
  ssi.receives                                                         AS receives_ssi,
  concat_ws(';', 'caseload.persons@' || told.source_file || ':' || told.source_line,
    partner.protecting_src, paid.src, looked.src, held.src)            AS person_src
FROM told
LEFT JOIN facts.person_reports AS partner ON partner.person_id = told.person_id
LEFT JOIN paid ON paid.person_id = told.person_id
LEFT JOIN looked ON looked.person_id = told.person_id
LEFT JOIN held ON held.person_id = told.person_id
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN told.receives_ssi OR partner.receives_ssi OR paid.has_ssi OR looked.found_ssi THEN true
    WHEN partner.ssi_is_in_doubt OR looked.may_be_ssi OR NOT told.ssi_is_read THEN NULL
    ELSE coalesce(told.receives_ssi, partner.receives_ssi)
  END AS receives
) AS ssi
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN told.receives_tanf OR paid.has_tanf THEN true
    WHEN told.tanf_is_read THEN told.receives_tanf
  END AS receives
) AS tanf
