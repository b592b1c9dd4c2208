-- One row per person with an address: whether it is whole enough to write to, and whether it is protected.
SELECT
  person_id,
  bool_or(line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL) AS has_address,
  bool_or(protected)                                                                   AS has_protected,
  bool_and(protected IS NOT NULL)                                                      AS protection_is_known
FROM caseload.addresses
GROUP BY person_id
