-- What was made of the bulk, as the measures that `told.py` holds it to: one row, each measure a column.
WITH owed AS (
  SELECT i, obligor_p, coalesce(sum(past_due_cents), 0) AS cents,
    coalesce(sum(past_due_cents) FILTER (is_assigned = 'Y'), 0) AS assigned_cents
  FROM bulk LEFT JOIN balances_now ON balances_now.case_id = case_of(i)
  GROUP BY i, obligor_p
),
debtors AS (
  SELECT obligor_p, sum(cents) AS cents, count(*) AS cases FROM owed WHERE cents > 0
  GROUP BY obligor_p HAVING sum(cents) >= 50000
),
parents AS (
  SELECT persons.last_name, persons.first_name, year(persons.birth_on) AS born
  FROM folk JOIN v.persons AS persons ON persons.person_id = person_of(p) WHERE role < 2
),
surnames AS (
  SELECT last_name, count(*) AS many, row_number() OVER (ORDER BY count(*) DESC, last_name) AS rank
  FROM parents GROUP BY last_name
),
namesakes AS (
  SELECT sum(many) FILTER (many > 1) AS many
  FROM (SELECT count(*) AS many FROM parents GROUP BY last_name, first_name, born)
)
SELECT
  (SELECT 100 * count(*) FILTER (cents > 0) / count(*) FROM owed) AS with_arrears,
  (SELECT 100 * count(*) FILTER (cents > 100000) / count(*) FROM owed) AS over_1000,
  (SELECT 100 * count(*) FILTER (case_class = 'current_assistance') / count(*) FROM bulk) AS current_assistance,
  (SELECT 100 * count(*) FILTER (case_class = 'former_assistance') / count(*) FROM bulk) AS former_assistance,
  (SELECT count(*) FROM folk) / (SELECT count(*) FROM bulk) AS persons,
  (SELECT count(*) FILTER (role = 2) FROM folk) / (SELECT count(*) FROM bulk) AS children,
  (SELECT sum(cases) / count(*) FROM debtors) AS cases_a_debtor,
  (SELECT count(*) FROM bulk_receipts WHERE NOT is_reversal
     AND received_on >= $first_night - 365 AND received_on < $first_night) / 12
    / (SELECT count(*) FROM bulk) AS payments,
  (SELECT 100 * count(*) FILTER (cents < 1000000) / count(*) FROM debtors) AS debtors_below_10000,
  (SELECT 100 * sum(cents) FILTER (cents < 1000000) / sum(cents) FROM debtors) AS debt_below_10000,
  (SELECT 100 * count(*) FILTER (cents > 4000000) / count(*) FROM debtors) AS debtors_over_40000,
  (SELECT 100 * sum(cents) FILTER (cents > 4000000) / sum(cents) FROM debtors) AS debt_over_40000,
  (SELECT 100 * count(*) FILTER (cents > 10000000) / count(*) FROM debtors) AS debtors_over_100000,
  (SELECT 100 * sum(cents) FILTER (cents > 10000000) / sum(cents) FROM debtors) AS debt_over_100000,
  (SELECT 100 * sum(assigned_cents) / sum(cents) FROM owed) AS owed_to_the_state,
  (SELECT 100 * sum(many) FILTER (rank = 1) / sum(many) FROM surnames) AS first_surname,
  (SELECT 100 * sum(many) FILTER (rank <= 30) / sum(many) FROM surnames) AS thirty_surnames,
  (SELECT 100 * coalesce(many, 0) FROM namesakes) / (SELECT count(*) FROM parents) AS namesakes
