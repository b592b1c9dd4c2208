-- One row per person of the caseload and other person number of one and the same person: keyed twice tonight, or gone from
-- the extract while a partner still holds what was told of them under the number that is this person's tonight.
WITH
taken_back AS (
  SELECT episode_id, target_id
  FROM ledger.published
  WHERE kind = 'release'
),
standing AS (
  SELECT DISTINCT
    published.person_id,
    coalesce(published.words -> 'identity' ->> 'number', published.words ->> 'person_token') AS number_sent
  FROM (SELECT *, TRY_CAST(carry AS JSON) AS words FROM ledger.published WHERE kind IN ('send', 'update')) AS published
  ANTI JOIN taken_back USING (episode_id, target_id)
  WHERE published.person_id <> ''
    -- What the federal registry is told of the others in a case stands under their own numbers.
    AND published.queue IS DISTINCT FROM 'fcr_persons'
)
SELECT person_id, other_id
FROM (SELECT person_id, unnest(keyed_as) AS other_id FROM match.people)
WHERE other_id <> person_id
UNION
SELECT people.person_id, standing.person_id
FROM standing
JOIN match.people AS people ON people.person_token = standing.number_sent AND people.person_id <> standing.person_id
-- Of whom the extract knows a number, that one speaks and not what was once told.
ANTI JOIN (SELECT person_id FROM match.people WHERE person_token IS NOT NULL) AS numbered
  ON numbered.person_id = standing.person_id
