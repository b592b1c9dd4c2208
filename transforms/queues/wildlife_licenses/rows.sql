-- One row per parent, license and request: revoke it, or hear that they comply again.
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
  request.person_id                            AS person_number,
  plain(person.last_name)                      AS last_name,
  plain(person.first_name)                     AS first_name,
  plain(person.middle_name)                    AS middle_name,
  person.birth_on                              AS date_of_birth,
  request.request_type,
  split_part(request.target_id, ':', 1)        AS license_kind,
  regexp_replace(request.target_id, '^[^:]*:', '') AS license_number,
  $as_of                                       AS request_date,
  person.person_token,
  request.action_ids,
  coalesce(request.amount_cents, 0)            AS amount_cents,
  request.request_type = '2'                   AS is_withdrawal,
  CAST(to_json({'request_type': request.request_type, 'request_date': $as_of}) AS VARCHAR) AS carry
FROM request
JOIN known_persons AS person USING (person_id)
ORDER BY person_number, license_kind, license_number, request_type
