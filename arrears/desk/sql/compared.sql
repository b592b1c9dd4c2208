-- The chosen lines, each with the usual amount of all of them and how many of them are about its person.
SELECT
  *,
  median(amount_cents) OVER () AS typical,
  count(*) OVER (PARTITION BY coalesce(person_id, item_id)) AS same_person
FROM chosen
