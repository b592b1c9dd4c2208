-- Whether a place may be told of these subjects: where it is certain that none of them is protected.
SELECT bool_and(obligor_location_is_protected IS FALSE) AS may_tell
FROM read_parquet($cases)
WHERE list_contains($who, case_id) OR list_contains($who, person_id)
