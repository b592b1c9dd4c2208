-- One row per case and person in it: add them, change what is told of them, or delete them.
WITH
heard AS (
  -- Of whom the caseload no longer holds, what was told last: the role, and the number (its token).
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'role', (published_on, coalesce(batch_no, 0)))         AS role,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS heard_token
  FROM published
  WHERE queue = 'fcr_persons'
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    split_part(item.subject_id, ':', -1)                            AS member_id,
    coalesce(fact.role, heard.role)                                 AS role,
    fact.is_disclosure_barred,
    heard.heard_token
  FROM item
  LEFT JOIN facts.registry_people AS fact USING (subject_id)
  LEFT JOIN heard USING (subject_id)
),
told AS (
  SELECT
    said.*,
    -- What is deleted stands under the number last told.
    CASE WHEN said.message = 'delete' THEN coalesce(said.heard_token, person.person_token)
      ELSE person.person_token END                                  AS person_token,
    person.last_name,
    person.first_name,
    person.middle_name,
    person.birth_on,
    person.sex
  FROM said
  LEFT JOIN known_persons AS person ON person.person_id = said.member_id
)
SELECT
  'FP'                                                              AS record_id,
  CASE message WHEN 'add' THEN 'A' WHEN 'change' THEN 'C' WHEN 'delete' THEN 'D' END AS action_type,
  case_id,
  CASE role WHEN 'owes' THEN 'NP' WHEN 'custodial' THEN 'CP' WHEN 'child' THEN 'CH' END AS participant_type,
  CASE WHEN is_disclosure_barred IS DISTINCT FROM false THEN 'FV' END AS family_violence,
  member_id,
  CASE upper(sex) WHEN 'M' THEN 'M' WHEN 'F' THEN 'F' END           AS sex,
  birth_on                                                          AS date_of_birth,
  plain(first_name)                                                 AS first_name,
  plain(middle_name)                                                AS middle_name,
  plain(last_name)                                                  AS last_name,
  person_token,
  [action_id]                                                       AS action_ids,
  coalesce(amount_cents, 0)                                         AS amount_cents,
  message = 'delete'                                                AS is_withdrawal,
  -- Never withdrawn because of the number of the parent who owes: `moved` says that this queue looks after its own.
  CAST(to_json({'role': role, 'person_token': person_token, 'moved': true}) AS VARCHAR) AS carry
FROM told
ORDER BY case_id, member_id
