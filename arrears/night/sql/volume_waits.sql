-- The acts that may leave and lay something on people whom a remedy began with on a night that waits for a word: on that
-- very night all that the remedy lays on anybody.
SELECT volume_held.item, leaving.action_id
FROM leaving
JOIN plan.episode AS episode USING (episode_id)
JOIN volume_held
  ON volume_held.remedy = leaving.remedy AND volume_held.night_on IN (episode.opened_on, $as_of)
WHERE NOT leaving.eases
