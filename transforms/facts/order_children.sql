-- One row per order whose case has children: through which day it surely runs for the last of them, after which day
-- it surely does not, and when the next of them may fall out. An installment due on that very day still counts.
-- Between the two days nobody can say: whether a child is in school or disabled, or what the order's own text
-- says, is not known. Whoever was born on a 29 February is of age on the last of February by one count and on the first
-- of March by the other: the day between is not known, either. The infinite day says that age alone ends nothing.
WITH
born AS (
  SELECT
    children.case_id,
    least(children.emancipated_on, persons.died_on)                             AS left_on,
    children.support_ends_on,
    children.disabled,
    children.in_school,
    children.school_ends_on,
    CAST(children.birth_on + to_years(CAST($majority_age AS INTEGER)) AS DATE)  AS of_age_on,
    CAST(children.birth_on + to_years(CAST(coalesce($automatic_end_age, $majority_age) AS INTEGER)) AS DATE)
                                                                                AS silent_end_on,
    CAST(children.birth_on + to_years(CAST($majority_age_max AS INTEGER)) AS DATE) AS oldest_on,
    extract('day' FROM children.birth_on)                                       AS born_day
  FROM caseload.children AS children
  LEFT JOIN caseload.persons AS persons USING (person_id)
),
child AS (
  SELECT
    *,
    of_age_on + CAST(extract('day' FROM of_age_on) <> born_day AS INTEGER)      AS of_age_by_on,
    silent_end_on + CAST(extract('day' FROM silent_end_on) <> born_day AS INTEGER) AS silent_end_by_on,
    oldest_on + CAST(extract('day' FROM oldest_on) <> born_day AS INTEGER)      AS oldest_by_on
  FROM born
),
told AS (
  SELECT
    orders.order_id,
    child.*,
    orders.ends_rule,
    -- Through school, but neither before majority nor beyond the greatest age.
    CASE
      WHEN child.in_school IS FALSE AND child.school_ends_on IS NULL THEN child.of_age_on
      WHEN child.in_school OR child.school_ends_on IS NOT NULL
        THEN greatest(child.of_age_on, least(coalesce(child.school_ends_on, child.oldest_on), child.oldest_on))
    END                                                                         AS school_end_on,
    CASE
      WHEN child.in_school IS FALSE AND child.school_ends_on IS NULL THEN child.of_age_by_on
      WHEN child.in_school OR child.school_ends_on IS NOT NULL
        THEN greatest(child.of_age_by_on, least(coalesce(child.school_ends_on, child.oldest_by_on), child.oldest_by_on))
    END                                                                         AS school_end_by_on
  FROM caseload.orders AS orders
  JOIN child USING (case_id)
),
ended AS (
  SELECT
    order_id,
    least(left_on, CASE
      WHEN support_ends_on IS NOT NULL THEN support_ends_on
      WHEN disabled THEN CAST('infinity' AS DATE)
      WHEN ends_rule = 'age' THEN silent_end_on
      WHEN ends_rule = 'school' THEN coalesce(school_end_on, of_age_on)
      -- Who was found to be emancipated later was in the order until then.
      ELSE coalesce(left_on, of_age_on)
    END)                                                                        AS surely_until_on,
    least(left_on, CASE
      WHEN support_ends_on IS NOT NULL THEN support_ends_on
      WHEN disabled THEN CAST('infinity' AS DATE)
      WHEN ends_rule = 'age' THEN silent_end_by_on
      WHEN ends_rule = 'school' THEN coalesce(school_end_by_on, oldest_by_on)
      WHEN ends_rule IS NULL AND NOT disabled THEN oldest_by_on
      ELSE CAST('infinity' AS DATE)
    END)                                                                        AS at_most_until_on
  FROM told
)
SELECT
  order_id,
  max(coalesce(surely_until_on, CAST('-infinity' AS DATE)))                     AS surely_until_on,
  max(coalesce(at_most_until_on, CAST('infinity' AS DATE)))                     AS at_most_until_on,
  min(surely_until_on) FILTER (surely_until_on >= $as_of AND isfinite(surely_until_on)) AS next_child_ends_on,
  bool_or(coalesce(surely_until_on, CAST('-infinity' AS DATE)) < $as_of
    AND coalesce(at_most_until_on, CAST('infinity' AS DATE)) >= $as_of)         AS child_end_is_open
FROM ended
GROUP BY order_id
