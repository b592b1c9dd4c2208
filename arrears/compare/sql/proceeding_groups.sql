-- Each group of proceedings in its order, with its parents, cases and dollars; of a parent the income counts once in each.
SELECT
  named.name                                                            AS "group",
  count(one."group")                                                    AS lines,
  count(DISTINCT one.person_id)                                         AS parents,
  count(DISTINCT one.case_id)                                           AS cases,
  CAST(coalesce(sum(one.amount_cents), 0) AS BIGINT)                    AS amount_cents,
  count(*) FILTER (one.moves = 'enters')                                AS enters,
  count(*) FILTER (one.moves = 'leaves')                                AS leaves,
  count(*) FILTER (one.enter_now = 'unknown')                           AS becomes_unknown,
  count(*) FILTER (one.rests)                                           AS rests,
  count(*) FILTER (one.goes_on)                                         AS goes_on,
  count(DISTINCT one.person_id) FILTER (one.is_low_income)              AS low_income,
  count(DISTINCT one.person_id) FILTER (NOT one.is_low_income)          AS higher_income,
  count(DISTINCT one.person_id) FILTER (one.is_low_income IS NULL)      AS income_unknown,
  $hundred * low_income // nullif(low_income + higher_income, 0)        AS low_income_percent_of_known
FROM (SELECT unnest(CAST($groups AS VARCHAR[])) AS name, generate_subscripts(CAST($groups AS VARCHAR[]), 1) AS place) AS named
LEFT JOIN (
  SELECT * FROM proceedings WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
) AS one ON one."group" = named.name
GROUP BY named.name, named.place
ORDER BY named.place
