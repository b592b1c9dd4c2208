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
  length(last_name.name)                                            AS name_letters,
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
  length(last_name.name)                                            AS name_letters,
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
  owner.words                                                       AS owner_words,
  length(owner.name)                                                AS name_letters
FROM staging.bank_accounts AS accounts
LEFT JOIN match.names AS owner ON owner.name = accounts.owner_name
UNION ALL BY NAME
SELECT
  'employer_wages'                                                  AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters
FROM staging.employer_wages AS wages
LEFT JOIN match.names AS last_name ON last_name.name = wages.last_name
LEFT JOIN match.names AS first_name ON first_name.name = wages.first_name
UNION ALL BY NAME
SELECT
  'unemployment_matches'                                            AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters
FROM staging.unemployment_matches AS benefits
LEFT JOIN match.names AS last_name ON last_name.name = benefits.last_name
LEFT JOIN match.names AS first_name ON first_name.name = benefits.first_name
UNION ALL BY NAME
SELECT
  'insurance_matches'                                               AS feed,
  source_file,
  source_line,
  CAST(NULL AS VARCHAR)                                             AS person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters
FROM staging.insurance_matches AS claims
LEFT JOIN match.names AS last_name ON last_name.name = claims.last_name
LEFT JOIN match.names AS first_name ON first_name.name = claims.first_name
UNION ALL BY NAME
SELECT
  'winnings'                                                        AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters
FROM staging.winnings AS wins
LEFT JOIN match.names AS last_name ON last_name.name = wins.last_name
LEFT JOIN match.names AS first_name ON first_name.name = wins.first_name
UNION ALL BY NAME
SELECT
  'workers_comp_claims'                                             AS feed,
  source_file,
  source_line,
  person_id,
  CAST(NULL AS VARCHAR)                                             AS person_token,
  false                                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters
FROM staging.workers_comp_claims AS claims
LEFT JOIN match.names AS last_name ON last_name.name = claims.last_name
LEFT JOIN match.names AS first_name ON first_name.name = claims.first_name
UNION ALL BY NAME
SELECT
  'sves_title_ii'                                                   AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters,
  claims.birth_on
FROM staging.sves_title_ii AS claims
LEFT JOIN match.names AS last_name ON last_name.name = claims.last_name
LEFT JOIN match.names AS first_name ON first_name.name = claims.first_name
UNION ALL BY NAME
SELECT
  'sves_title_xvi'                                                  AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters,
  benefits.birth_on
FROM staging.sves_title_xvi AS benefits
LEFT JOIN match.names AS last_name ON last_name.name = benefits.last_name
LEFT JOIN match.names AS first_name ON first_name.name = benefits.first_name
UNION ALL BY NAME
SELECT
  'sves_prisoners'                                                  AS feed,
  source_file,
  source_line,
  person_id,
  CASE WHEN ssn_fault IS NULL THEN person_token END                 AS person_token,
  ssn_fault IS NOT NULL                                             AS number_is_impossible,
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  length(last_name.name)                                            AS name_letters,
  held.birth_on
FROM staging.sves_prisoners AS held
LEFT JOIN match.names AS last_name ON last_name.name = held.last_name
LEFT JOIN match.names AS first_name ON first_name.name = held.first_name
