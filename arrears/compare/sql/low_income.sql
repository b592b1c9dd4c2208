-- Of each person whether the income is low, as far as it is known: assistance, or the last quarter's wages that all
-- employers reported and that still count.
WITH
assisted AS (
  SELECT person_id, bool_or(obligor_is_assisted) AS is_assisted
  FROM read_parquet($cases)
  WHERE person_id IS NOT NULL
  GROUP BY person_id
),
job AS (
  SELECT DISTINCT person_id, fein, quarter_wage_cents, wage_quarter_ends_on
  FROM query($jobs)
  WHERE quarter_wage_cents IS NOT NULL
    AND wage_quarter_ends_on + to_months(coalesce(CAST($months AS INTEGER), 0)) >= $as_of
),
wages AS (
  SELECT person_id, sum(quarter_wage_cents) AS quarter_cents
  FROM job
  WHERE wage_quarter_ends_on = (
    SELECT max(wage_quarter_ends_on) FROM job AS other WHERE other.person_id = job.person_id)
  GROUP BY person_id
)
SELECT person_id, is_assisted OR quarter_cents * $quarters < $income AS is_low_income
FROM assisted
LEFT JOIN wages USING (person_id)
