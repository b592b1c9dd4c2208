-- One row per case with children: whether one of them is a minor who is not emancipated.
WITH
told AS (
  SELECT
    case_id,
    CASE
      WHEN emancipated_on <= $as_of THEN false
      ELSE birth_on + to_years(CAST($majority_age AS INTEGER)) > $as_of
    END AS is_minor
  FROM caseload.children
)
SELECT
  case_id,
  CASE WHEN bool_or(is_minor) THEN true WHEN bool_and(is_minor IS NOT NULL) THEN false END AS has_minor_child
FROM told
GROUP BY case_id
