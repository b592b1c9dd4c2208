-- One row per person with a valid license: how many of each kind, and of how many nobody knows the board.
SELECT
  person_id,
  count(*) FILTER (license_kind IN ('professional', 'shellfish', 'other'))             AS board_count,
  count(*) FILTER (license_kind IN ('hunting', 'fishing', 'trapping', 'recreational')) AS recreational_count,
  count(*) FILTER (license_kind = 'registration')                                      AS registration_count,
  count(*) FILTER (license_kind NOT IN ('driver', 'registration'))                     AS agency_count,
  count(*) FILTER (board IS NULL AND license_kind IN ('professional', 'shellfish', 'other')) AS boardless_count
FROM facts.licenses
GROUP BY person_id
