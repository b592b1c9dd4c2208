-- One row per case with children: whether one of them is a minor who is not emancipated. Of a child born on a 29 February
-- nobody can say it on the last of February of a year without that day.
WITH
child AS (
  SELECT *, CAST(birth_on + to_years(CAST($majority_age AS INTEGER)) AS DATE) AS of_age_on
  FROM caseload.children
),
told AS (
  SELECT
    case_id,
    CASE
      WHEN emancipated_on <= $as_of THEN false
      WHEN of_age_on > $as_of THEN true
      WHEN of_age_on + CAST(extract('day' FROM of_age_on) <> extract('day' FROM birth_on) AS INTEGER) <= $as_of THEN false
    END AS is_minor
  FROM child
)
SELECT
  case_id,
  CASE WHEN bool_or(is_minor) THEN true WHEN bool_and(is_minor IS NOT NULL) THEN false END AS has_minor_child
FROM told
GROUP BY case_id
