-- One row per parent: whose new job the directory is asked for, with their open cases and the offices of these.
WITH
numbered AS (
  SELECT
    person_id,
    case_id,
    CASE WHEN regexp_full_match(office, '[0-9]+') THEN office END AS office,
    CAST(row_number() OVER (PARTITION BY person_id ORDER BY case_id) AS VARCHAR) AS place
  FROM facts.case_facts
  WHERE case_is_open
),
listed AS (
  SELECT
    numbered.person_id,
    max(case_id) FILTER (slot = 'case_number_1') AS case_number_1,
    max(office) FILTER (slot = 'case_number_1') AS case_1_office,
    max(case_id) FILTER (slot = 'case_number_2') AS case_number_2,
    max(office) FILTER (slot = 'case_number_2') AS case_2_office,
    max(case_id) FILTER (slot = 'case_number_3') AS case_number_3,
    max(office) FILTER (slot = 'case_number_3') AS case_3_office,
    max(case_id) FILTER (slot = 'case_number_4') AS case_number_4,
    max(office) FILTER (slot = 'case_number_4') AS case_4_office,
    max(case_id) FILTER (slot = 'case_number_5') AS case_number_5,
    max(office) FILTER (slot = 'case_number_5') AS case_5_office,
    max(case_id) FILTER (slot = 'case_number_6') AS case_number_6,
    max(office) FILTER (slot = 'case_number_6') AS case_6_office,
    max(case_id) FILTER (slot = 'case_number_7') AS case_number_7,
    max(office) FILTER (slot = 'case_number_7') AS case_7_office,
    max(case_id) FILTER (slot = 'case_number_8') AS case_number_8,
    max(office) FILTER (slot = 'case_number_8') AS case_8_office,
    max(case_id) FILTER (slot = 'case_number_9') AS case_number_9,
    max(office) FILTER (slot = 'case_number_9') AS case_9_office,
    max(case_id) FILTER (slot = 'case_number_10') AS case_number_10,
    max(office) FILTER (slot = 'case_number_10') AS case_10_office
  FROM numbered
  JOIN case_slot USING (place)
  GROUP BY numbered.person_id
)
SELECT
  item.person_id                                AS person_number,
  listed.* EXCLUDE (person_id),
  plain(person.first_name)                      AS first_name,
  substr(plain(person.middle_name), 1, 1)       AS middle_initial,
  plain(person.last_name)                       AS last_name,
  person.person_token,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'asked_on': $as_of}) AS VARCHAR) AS carry
FROM item
JOIN known_persons AS person USING (person_id)
LEFT JOIN listed ON listed.person_id = item.person_id
ORDER BY person_number
