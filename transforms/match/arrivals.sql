-- One row per line of a partner's file: whom it says it is about. A number that can be nobody's is no number.
SELECT
  'employer_new_hires'                                              AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  CAST(NULL AS VARCHAR[])                                           AS owner_words,
  CAST(NULL AS DATE)                                                AS birth_on
FROM staging.employer_new_hires AS hires
LEFT JOIN match.names AS last_name ON last_name.name = hires.last_name
LEFT JOIN match.names AS first_name ON first_name.name = hires.first_name
UNION ALL BY NAME
SELECT
  'dmv_licenses'                                                    AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  licenses.birth_on
FROM staging.dmv_licenses AS licenses
LEFT JOIN match.names AS last_name ON last_name.name = licenses.last_name
LEFT JOIN match.names AS first_name ON first_name.name = licenses.first_name
UNION ALL BY NAME
SELECT
  'bank_accounts'                                                   AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  owner.words                                                       AS owner_words
FROM staging.bank_accounts AS accounts
LEFT JOIN match.names AS owner ON owner.name = accounts.owner_name
