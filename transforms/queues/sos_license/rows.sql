-- One row per parent, license and request: restrict it, or give it back.
WITH
request AS (
  SELECT
    person_id,
    target_id,
    CASE message WHEN 'restrict' THEN '1' WHEN 'reinstate' THEN '2' END AS request_type,
    list(action_id ORDER BY action_id)                                  AS action_ids,
    CAST(sum(amount_cents) AS BIGINT)                                   AS amount_cents
  FROM item
  GROUP BY ALL
)
SELECT
  request.request_type,
  plain(person.last_name)                      AS last_name,
  plain(person.first_name)                     AS first_name,
  person.birth_on                              AS date_of_birth,
  request.person_id                            AS person_number,
  request.target_id                            AS license_number,
  $as_of                                       AS process_date,
  person.person_token,
  request.action_ids,
  coalesce(request.amount_cents, 0)            AS amount_cents,
  request.request_type = '2'                   AS is_withdrawal,
  CAST(to_json({'request_type': request.request_type, 'process_date': $as_of}) AS VARCHAR) AS carry
FROM request
JOIN known_persons AS person USING (person_id)
ORDER BY person_number, license_number, request_type
