-- One row per record: the number under which its word counts, and the marks of the name and birth date that it tells.
-- What is taken back stands under the number last told; what tells a corrected one carries tonight's.
WITH
act AS (SELECT record_no, unnest(action_ids) AS action_id FROM drafted),
heard AS (
  SELECT
    episode_id,
    target_id,
    arg_max(coalesce(TRY_CAST(carry AS JSON) -> 'identity' ->> 'number',
      TRY_CAST(carry AS JSON) ->> 'person_token'), version) AS number
  FROM published
  WHERE kind IN ('send', 'update') AND queue = $queue
  GROUP BY ALL
)
SELECT
  record_no,
  any_value(marks.name_mark)                                                          AS name,
  any_value(marks.birth_mark)                                                         AS birth,
  CASE
    WHEN $new_number = 'own' THEN NULL
    WHEN bool_or(item.kind = 'release' OR item.step = 'identity_out') THEN any_value(heard.number)
    WHEN bool_or(item.step = 'identity_in') THEN any_value(marks.number_mark)
  END                                                                                 AS number
FROM act
JOIN item USING (action_id)
LEFT JOIN facts.person_marks AS marks ON marks.person_id = item.person_id
LEFT JOIN heard ON heard.episode_id = item.episode_id AND heard.target_id = item.target_id
GROUP BY record_no
