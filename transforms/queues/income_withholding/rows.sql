-- One row per case and payor: the order as it stands with tonight's acts, both parts of it.
WITH
heard AS (
  -- What the payor was last told of each part, and under whose number.
  SELECT
    subject_id,
    remedy,
    -- Taken back, or withdrawn under a number that was not the parent's.
    arg_max(kind = 'release' OR coalesce(step, '') = 'identity_out', (published_on, coalesce(batch_no, 0))) IS FALSE AS stands,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token,
    max((published_on, coalesce(batch_no, 0)))                        AS reported_at
  FROM published
  WHERE queue = 'income_withholding'
  GROUP BY ALL
),
holding AS (
  SELECT
    subject_id,
    bool_or(stands AND remedy = 'income_withholding')                 AS holds_current,
    bool_or(stands AND remedy = 'arrears_withholding')                AS holds_arrears,
    arg_max(person_token, reported_at)                                AS person_token
  FROM heard
  GROUP BY subject_id
),
act AS (
  SELECT
    subject_id,
    any_value(case_id)                                                AS case_id,
    any_value(person_id)                                              AS person_id,
    list(action_id ORDER BY action_id)                                AS action_ids,
    bool_or(remedy = 'income_withholding' AND NOT ends)               AS says_current,
    bool_or(remedy = 'income_withholding' AND ends)                   AS ends_current,
    bool_or(remedy = 'arrears_withholding' AND NOT ends)              AS says_arrears,
    bool_or(remedy = 'arrears_withholding' AND ends)                  AS ends_arrears
  FROM (SELECT *, kind = 'release' OR coalesce(step, '') = 'identity_out' AS ends FROM item) AS item
  GROUP BY subject_id
),
told AS (
  SELECT
    act.*,
    act.says_current OR (coalesce(holding.holds_current, false) AND NOT act.ends_current) AS has_current,
    act.says_arrears OR (coalesce(holding.holds_arrears, false) AND NOT act.ends_arrears) AS has_arrears,
    -- Who turned down what was said last holds nothing: the next word to them is an original.
    coalesce(holding.holds_current OR holding.holds_arrears, false) AND NOT coalesce(fact.order_is_void, false)
                                                                      AS holds_something,
    holding.person_token                                              AS held_token
  FROM act
  LEFT JOIN holding USING (subject_id)
  LEFT JOIN facts.employment_facts AS fact USING (subject_id)
),
spoken AS (
  SELECT
    told.*,
    CASE
      WHEN NOT has_current AND NOT has_arrears THEN 'TRM'
      WHEN holds_something THEN 'AMD'
      ELSE 'ORG'
    END                                                               AS document_action
  FROM told
),
asked AS (
  SELECT
    spoken.*,
    fact.fein,
    fact.employer_name,
    -- One order of a kind a day: case, payor, day of the year, and what it is.
    spoken.case_id || fact.fein || strftime($as_of, '%y%j') || substr(document_action, 1, 1) AS tracking_number,
    CASE WHEN has_current THEN fact.current_weekly_cents ELSE 0 END      AS current_weekly,
    CASE WHEN has_current THEN fact.current_biweekly_cents ELSE 0 END    AS current_biweekly,
    CASE WHEN has_current THEN fact.current_semimonthly_cents ELSE 0 END AS current_semimonthly,
    CASE WHEN has_current THEN fact.current_monthly_cents ELSE 0 END     AS current_monthly,
    CASE WHEN has_arrears THEN fact.arrears_weekly_cents ELSE 0 END      AS arrears_weekly,
    CASE WHEN has_arrears THEN fact.arrears_biweekly_cents ELSE 0 END    AS arrears_biweekly,
    CASE WHEN has_arrears THEN fact.arrears_semimonthly_cents ELSE 0 END AS arrears_semimonthly,
    CASE WHEN has_arrears THEN fact.arrears_monthly_cents ELSE 0 END     AS arrears_monthly,
    -- Five percent more reach arrears that are old enough, where arrears are asked for at all.
    CASE WHEN document_action = 'TRM' THEN 0 WHEN has_arrears THEN fact.ccpa_percent
      ELSE fact.ccpa_percent_current END                              AS ccpa_percent,
    CASE WHEN has_arrears AND fact.arrears_over_twelve_weeks THEN 'Y' ELSE 'N' END AS is_older
  FROM spoken
  JOIN facts.employment_facts AS fact USING (subject_id)
),
child AS (
  SELECT
    child.case_id,
    slot.slot,
    plain(person.last_name)                                           AS last_name,
    plain(person.first_name)                                          AS first_name,
    plain(person.middle_name)                                         AS middle_name,
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
  'DTL'                                                               AS document_code,
  asked.document_action,
  $as_of                                                              AS document_date,
  partner.issuing_state_name,
  asked.case_id                                                       AS case_identifier,
  -- The portal wants a letter or a digit first.
  lettered(coalesce(payor.payor_name, asked.employer_name))           AS employer_name,
  lettered(payor.line_1)                                              AS employer_address_1,
  lettered(payor.line_2)                                              AS employer_address_2,
  plain(payor.city)                                                   AS employer_city,
  payor.state                                                         AS employer_state,
  -- ZIP and ZIP+4 stand in one text, or the ZIP alone.
  regexp_extract(payor.zip, '^[0-9]{5}')                              AS employer_zip5,
  nullif(regexp_extract(payor.zip, '^[0-9]{5}-?([0-9]{4})$', 1), '') AS employer_zip4,
  asked.fein                                                          AS employer_ein,
  plain(person.last_name)                                             AS employee_last_name,
  plain(person.first_name)                                            AS employee_first_name,
  plain(person.middle_name)                                           AS employee_middle_name,
  plain(person.suffix)                                                AS employee_suffix,
  person.birth_on                                                     AS employee_birth_date,
  partner.obligee_agency_name                                         AS obligee_last_name,
  partner.issuing_tribunal,
  asked.current_monthly                                               AS current_child_amount,
  CASE WHEN asked.current_monthly > 0 THEN 'M' END                    AS current_child_frequency,
  asked.arrears_monthly                                               AS past_due_child_amount,
  CASE WHEN asked.arrears_monthly > 0 THEN 'M' END                    AS past_due_child_frequency,
  0                                                                   AS current_medical_amount,
  0                                                                   AS past_due_medical_amount,
  0                                                                   AS current_spousal_amount,
  0                                                                   AS past_due_spousal_amount,
  0                                                                   AS other_amount,
  asked.current_monthly + asked.arrears_monthly                       AS total_amount,
  CASE WHEN asked.current_monthly + asked.arrears_monthly > 0 THEN 'M' END AS total_frequency,
  asked.is_older                                                      AS arrears_over_12_weeks,
  asked.current_weekly + asked.arrears_weekly                         AS deduction_weekly,
  asked.current_biweekly + asked.arrears_biweekly                     AS deduction_biweekly,
  asked.current_semimonthly + asked.arrears_semimonthly               AS deduction_semimonthly,
  asked.current_monthly + asked.arrears_monthly                       AS deduction_monthly,
  CASE WHEN asked.document_action = 'TRM' THEN 0 ELSE $begin_days END AS begin_within_days,
  CASE WHEN asked.document_action = 'TRM' THEN 0 ELSE $remit_days END AS send_payment_within_days,
  asked.ccpa_percent,
  partner.payee_name,
  partner.payee_address_1,
  partner.payee_city,
  partner.payee_state,
  partner.payee_zip5,
  partner.payee_fips,
  partner.official_name,
  partner.official_title,
  'Y'                                                                 AS employee_copy_ind,
  partner.penalty_text,
  partner.antidiscrimination_text,
  partner.withholding_limit_text,
  partner.contact_name                                                AS employee_contact_name,
  partner.contact_phone                                               AS employee_contact_phone,
  asked.tracking_number                                               AS document_tracking_number,
  terms.order_id                                                      AS order_identifier,
  partner.contact_name                                                AS employer_contact_name,
  partner.contact_phone                                               AS employer_contact_phone,
  child_1.last_name AS child_1_last_name, child_1.first_name AS child_1_first_name,
  child_1.middle_name AS child_1_middle_name, child_1.birth_on AS child_1_birth_date,
  child_2.last_name AS child_2_last_name, child_2.first_name AS child_2_first_name,
  child_2.middle_name AS child_2_middle_name, child_2.birth_on AS child_2_birth_date,
  child_3.last_name AS child_3_last_name, child_3.first_name AS child_3_first_name,
  child_3.middle_name AS child_3_middle_name, child_3.birth_on AS child_3_birth_date,
  child_4.last_name AS child_4_last_name, child_4.first_name AS child_4_first_name,
  child_4.middle_name AS child_4_middle_name, child_4.birth_on AS child_4_birth_date,
  child_5.last_name AS child_5_last_name, child_5.first_name AS child_5_first_name,
  child_5.middle_name AS child_5_middle_name, child_5.birth_on AS child_5_birth_date,
  child_6.last_name AS child_6_last_name, child_6.first_name AS child_6_first_name,
  child_6.middle_name AS child_6_middle_name, child_6.birth_on AS child_6_birth_date,
  asked.case_id                                                       AS remittance_identifier,
  -- The payor's record of it stands under the number that we gave the payor.
  CASE WHEN asked.document_action = 'ORG' THEN person.person_token
    ELSE coalesce(asked.held_token, person.person_token) END          AS person_token,
  asked.action_ids,
  CAST(asked.current_monthly + asked.arrears_monthly AS BIGINT)       AS amount_cents,
  asked.document_action = 'TRM'                                       AS is_withdrawal,
  CAST(to_json({
    'document_action': asked.document_action,
    'tracking_number': asked.tracking_number,
    'weekly_cents': asked.current_weekly + asked.arrears_weekly,
    'arrears_weekly_cents': asked.arrears_weekly,
    'person_token': CASE WHEN asked.document_action = 'ORG' THEN person.person_token
      ELSE coalesce(asked.held_token, person.person_token) END
  }) AS VARCHAR)                                                      AS carry
FROM asked
JOIN known_persons AS person USING (person_id)
LEFT JOIN facts.payors AS payor USING (fein)
LEFT JOIN facts.withholding_terms AS terms ON terms.case_id = asked.case_id
LEFT JOIN child AS child_1 ON child_1.case_id = asked.case_id AND child_1.slot = 'child_1'
LEFT JOIN child AS child_2 ON child_2.case_id = asked.case_id AND child_2.slot = 'child_2'
LEFT JOIN child AS child_3 ON child_3.case_id = asked.case_id AND child_3.slot = 'child_3'
LEFT JOIN child AS child_4 ON child_4.case_id = asked.case_id AND child_4.slot = 'child_4'
LEFT JOIN child AS child_5 ON child_5.case_id = asked.case_id AND child_5.slot = 'child_5'
LEFT JOIN child AS child_6 ON child_6.case_id = asked.case_id AND child_6.slot = 'child_6'
CROSS JOIN partner
ORDER BY case_identifier, employer_ein
