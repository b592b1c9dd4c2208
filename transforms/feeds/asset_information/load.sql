-- One row per document that a payer filed about a person of ours, or per answer that there is none.
SELECT
  source_line,
  ssn,
  state_person_number                      AS person_id,
  last_name,
  first_name,
  -- What could not be found under the number, or under the name, is an answer without a document.
  CASE match_code WHEN '18' THEN 'number is not on file' WHEN '19' THEN 'name does not agree' END AS refused_because,
  payer_ein,
  concat_ws(' ', payer_name_1, payer_name_2) AS payer_name,
  payer_street,
  payer_city_state_zip                     AS payer_place,
  account_number,
  tax_year,
  CASE WHEN document_code = '21' THEN 'W-2' WHEN document_code = '28' THEN '5498'
    WHEN ltrim(document_code, '0') <> '' THEN document_code END AS document_kind,
  dollars_as_cents(greatest(amount_1, amount_2, amount_3, amount_4, amount_5, amount_6, amount_7, amount_8, amount_9, amount_10, amount_11, amount_12)) AS largest_cents
FROM document
