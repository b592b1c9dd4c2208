-- One row per parent, license or registration, and request: hold it, or take the hold away.
WITH
request AS (
  SELECT
    person_id,
    target_id,
    CASE message WHEN 'certify' THEN '1' WHEN 'release' THEN '2' END    AS request_type,
    list(action_id ORDER BY action_id)                                  AS action_ids,
    CAST(sum(amount_cents) AS BIGINT)                                   AS amount_cents
  FROM item
  GROUP BY ALL
)
SELECT
  request.request_type,
  CASE split_part(request.target_id, ':', 1) WHEN 'driver' THEN 'L' WHEN 'registration' THEN 'R' END AS hold_kind,
  regexp_replace(request.target_id, '^[^:]*:', '') AS hold_number,
  plain(person.last_name)                      AS last_name,
  plain(person.first_name)                     AS first_name,
  person.birth_on                              AS date_of_birth,
  request.person_id                            AS person_number,
  $as_of                                       AS process_date,
  partner.agency_name,
  person.person_token,
  request.action_ids,
  coalesce(request.amount_cents, 0)            AS amount_cents,
  request.request_type = '2'                   AS is_withdrawal,
  CAST(to_json({'request_type': request.request_type, 'process_date': $as_of}) AS VARCHAR) AS carry
FROM request
JOIN known_persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY person_number, hold_kind, hold_number, request_type
