-- One row per case and employer: enroll these children, or the notice is withdrawn.
WITH
child AS (
  SELECT
    child.case_id,
    slot.slot,
    trim(person.last_name)                                            AS last_name,
    trim(person.first_name)                                           AS first_name,
    child.birth_on
  FROM (
    SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY birth_on, person_id) AS place
    FROM caseload.children
    WHERE coalesce(emancipated_on > $as_of, true)
  ) AS child
  JOIN known_persons AS person USING (person_id)
  JOIN child_slot AS slot ON slot.place = CAST(child.place AS VARCHAR)
)
SELECT
  'D'                                                                 AS record_type,
  CASE item.message WHEN 'notice' THEN 'N' ELSE 'W' END               AS notice_kind,
  $as_of                                                              AS notice_on,
  -- One notice of a kind a day: case, payor, day of the year, and what it is.
  item.case_id || fact.fein || strftime($as_of, '%y%j') || upper(substr(item.message, 1, 1)) AS reference,
  item.case_id,
  terms.order_id,
  fact.fein                                                           AS employer_fein,
  trim(coalesce(payor.payor_name, fact.employer_name))                AS employer_name,
  trim(payor.line_1)                                                  AS employer_address_1,
  trim(payor.line_2)                                                  AS employer_address_2,
  trim(payor.city)                                                    AS employer_city,
  payor.state                                                         AS employer_state,
  regexp_replace(payor.zip, '[^0-9]', '', 'g')                        AS employer_zip,
  trim(person.last_name)                                              AS employee_last_name,
  trim(person.first_name)                                             AS employee_first_name,
  trim(person.middle_name)                                            AS employee_middle_name,
  person.birth_on                                                     AS employee_birth_date,
  partner.agency_name,
  partner.agency_address_line_1,
  partner.agency_city,
  partner.agency_state,
  partner.agency_zip,
  $employer_days                                                      AS employer_days,
  $plan_days                                                          AS plan_days,
  child_1.last_name AS child_1_last_name, child_1.first_name AS child_1_first_name, child_1.birth_on AS child_1_birth_date,
  child_2.last_name AS child_2_last_name, child_2.first_name AS child_2_first_name, child_2.birth_on AS child_2_birth_date,
  child_3.last_name AS child_3_last_name, child_3.first_name AS child_3_first_name, child_3.birth_on AS child_3_birth_date,
  child_4.last_name AS child_4_last_name, child_4.first_name AS child_4_first_name, child_4.birth_on AS child_4_birth_date,
  child_5.last_name AS child_5_last_name, child_5.first_name AS child_5_first_name, child_5.birth_on AS child_5_birth_date,
  child_6.last_name AS child_6_last_name, child_6.first_name AS child_6_first_name, child_6.birth_on AS child_6_birth_date,
  person.person_token,
  [item.action_id]                                                    AS action_ids,
  CAST(0 AS BIGINT)                                                   AS amount_cents,
  item.message = 'withdraw'                                           AS is_withdrawal,
  CAST(to_json({'notice_on': $as_of, 'fein': fact.fein}) AS VARCHAR)  AS carry
FROM item
JOIN facts.employment_facts AS fact USING (subject_id)
JOIN known_persons AS person ON person.person_id = item.person_id
LEFT JOIN facts.payors AS payor ON payor.fein = fact.fein
LEFT JOIN facts.withholding_terms AS terms ON terms.case_id = item.case_id
LEFT JOIN child AS child_1 ON child_1.case_id = item.case_id AND child_1.slot = 'child_1'
LEFT JOIN child AS child_2 ON child_2.case_id = item.case_id AND child_2.slot = 'child_2'
LEFT JOIN child AS child_3 ON child_3.case_id = item.case_id AND child_3.slot = 'child_3'
LEFT JOIN child AS child_4 ON child_4.case_id = item.case_id AND child_4.slot = 'child_4'
LEFT JOIN child AS child_5 ON child_5.case_id = item.case_id AND child_5.slot = 'child_5'
LEFT JOIN child AS child_6 ON child_6.case_id = item.case_id AND child_6.slot = 'child_6'
CROSS JOIN partner
ORDER BY item.case_id, employer_fein
