-- One row per parent, license and request: revoke it, or hear that they comply again.
WITH
request AS (
  SELECT
    person_id,
    target_id,
    split_part(target_id, ':', 1)                                       AS board,
    regexp_replace(target_id, '^[^:]*:', '')                            AS license_number,
    CASE message WHEN 'certify' THEN '1' WHEN 'release' THEN '2' END    AS request_type,
    list(action_id ORDER BY action_id)                                  AS action_ids,
    CAST(sum(amount_cents) AS BIGINT)                                   AS amount_cents
  FROM item
  GROUP BY ALL
)
SELECT
  plain(person.last_name) || ' ' || plain(person.first_name) AS name,
  person.birth_on                              AS date_of_birth,
  request.license_number,
  $as_of                                       AS request_date,
  request.person_id                            AS person_number,
  request.board                                AS agency_number,
  request.request_type,
  person.person_token,
  request.action_ids,
  coalesce(request.amount_cents, 0)            AS amount_cents,
  request.request_type = '2'                   AS is_withdrawal,
  CAST(to_json({'request_type': request.request_type, 'request_date': $as_of}) AS VARCHAR) AS carry
FROM request
JOIN known_persons AS person USING (person_id)
ORDER BY person_number, agency_number, license_number, request_type
