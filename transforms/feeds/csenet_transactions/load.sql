-- One row per transaction of another state: which case of ours it is about, what is asked or told, and what it reports of
-- the parent who owes, of the order and of money collected there.
WITH
-- The parent has a block of their own; where it does not follow, they may stand among the participants.
person AS (
  SELECT source_line, 0 AS place, last_name, first_name, ssn, date_of_birth
  FROM parent
  UNION ALL
  SELECT source_line, block_no, last_name, first_name, ssn, date_of_birth
  FROM participant
  WHERE relationship IN ('A', 'P')
),
who AS (
  SELECT *
  FROM person
  QUALIFY row_number() OVER (PARTITION BY source_line ORDER BY place) = 1
),
-- The order that controls, or the one that began last.
ordered AS (
  SELECT *
  FROM support_order
  QUALIFY row_number() OVER (
    PARTITION BY source_line
    ORDER BY coalesce(controlling_order_flag = 'Y', false) DESC, effective_date DESC NULLS LAST, block_no) = 1
),
collected AS (
  SELECT
    source_line,
    CAST(sum(payment_amount) AS BIGINT)                      AS collected_cents,
    max(collection_date)                                     AS collected_on
  FROM collection
  GROUP BY source_line
)
SELECT
  header.source_line,
  header.transaction_serial                                  AS serial_number,
  header.other_case_id                                       AS case_id,
  header.local_state_fips                                    AS other_fips,
  header.local_county_fips || header.local_office_fips       AS other_place_fips,
  header.local_case_id                                       AS other_case_id,
  header.functional_type,
  header.action_code,
  header.action_reason,
  header.transaction_date                                    AS transaction_on,
  header.action_resolution_date                              AS resolved_on,
  header.attachments_ind = 'Y'                               AS has_attachments,
  -- A reason of GSC and two digits is one of the criteria for closing (the network's release 03-01); which criterion
  -- each of them is was not read.
  CASE
    WHEN 'C' IN (information.status_change_code, case_data.case_status)
      OR (header.action_code = 'P' AND regexp_full_match(header.action_reason, 'GSC[0-9]{2}')) THEN true
    WHEN 'O' IN (information.status_change_code, case_data.case_status) THEN false
  END                                                        AS is_closed_there,
  -- Any mark but N: whose address it is about is not said.
  case_data.nondisclosure_finding <> 'N'                     AS has_nondisclosure,
  who.last_name,
  who.first_name,
  who.ssn,
  who.date_of_birth                                          AS birth_on,
  nullif(CASE
    WHEN coalesce(places.residence_address_1, places.residence_city) IS NOT NULL
      THEN concat_ws(', ', places.residence_address_1, places.residence_address_2, places.residence_city,
        places.residence_state, places.residence_zip5)
    ELSE concat_ws(', ', places.mailing_address_1, places.mailing_address_2, places.mailing_city,
      places.mailing_state, places.mailing_zip5)
  END, '')                                                   AS told_address,
  coalesce(places.employer_1_name, places.last_employer_name) AS employer_name,
  nullif(ordered.payment_amount, 0)                          AS order_cents,
  CASE ordered.payment_frequency
    WHEN 'W' THEN 'weekly'
    WHEN 'B' THEN 'biweekly'
    WHEN 'S' THEN 'semimonthly'
    WHEN 'M' THEN 'monthly'
  END                                                        AS order_frequency,
  ordered.effective_date                                     AS order_from_on,
  collected.collected_cents,
  collected.collected_on,
  nullif(concat_ws(' ', information.text_line_1, information.text_line_2, information.text_line_3,
    information.text_line_4, information.text_line_5), '')   AS information_text,
  information.new_case_id                                    AS new_other_case_id
FROM header
LEFT JOIN case_data ON case_data.source_line = header.source_line
LEFT JOIN places ON places.source_line = header.source_line
LEFT JOIN information ON information.source_line = header.source_line
LEFT JOIN who ON who.source_line = header.source_line
LEFT JOIN ordered ON ordered.source_line = header.source_line
LEFT JOIN collected ON collected.source_line = header.source_line
