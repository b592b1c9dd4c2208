-- Tonight's lines, each item once, with the office that its person belongs to. Where nobody knows whether a place may be
-- told, it is not.
SELECT
  listed.* REPLACE (coalesce(listed.office, person.office) AS office, coalesce(listed.worker, person.worker) AS worker),
  coalesce(
    person.obligor_location_is_protected,
    own.obligor_location_is_protected,
    listed.person_id IS NOT NULL OR listed.case_id IS NOT NULL) AS is_protected
FROM listed
LEFT JOIN kind USING (kind)
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = listed.person_id
LEFT JOIN read_parquet($cases) AS own ON own.subject_id = listed.case_id
QUALIFY row_number() OVER (
  PARTITION BY item_id
  ORDER BY kind.place NULLS LAST, listed.kind, listed.amount_cents DESC NULLS LAST) = 1
