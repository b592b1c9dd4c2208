-- One row per person: what is taken from each weekly benefit from now on, or nothing any more.
WITH
heard AS (
  -- The number (its token) under which the agency takes it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token
  FROM published
  WHERE queue = 'unemployment' AND (TRY_CAST(carry AS JSON) ->> 'person_token') IS NOT NULL
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    item.message = 'stop' OR (item.message = 'change' AND item.amount_cents = 0) AS is_end,
    CASE WHEN item.message = 'deduct' THEN person.person_token
      ELSE coalesce(heard.person_token, person.person_token) END    AS person_token,
    person.last_name,
    person.first_name,
    person.middle_name
  FROM item
  JOIN known_persons AS person USING (person_id)
  LEFT JOIN heard USING (subject_id)
)
SELECT
  '2'                                                               AS record_type,
  plain(said.first_name)                                            AS first_name,
  substr(plain(said.middle_name), 1, 1)                             AS middle_initial,
  plain(said.last_name)                                             AS last_name,
  said.person_id                                                    AS person_number,
  $as_of                                                            AS file_date,
  CASE WHEN said.is_end THEN 0 ELSE said.amount_cents END           AS withholding_amount,
  CASE WHEN said.is_end THEN 0 ELSE $max_percent END                AS max_percent,
  said.person_token,
  [said.action_id]                                                  AS action_ids,
  said.amount_cents,
  said.is_end                                                       AS is_withdrawal,
  CAST(to_json({
    'weekly_cents': CASE WHEN said.is_end THEN 0 ELSE said.amount_cents END,
    'person_token': said.person_token
  }) AS VARCHAR)                                                    AS carry
FROM said
ORDER BY person_number
