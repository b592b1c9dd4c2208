-- One row per document: a lien to record, what pays it off, or its release.
WITH
heard AS (
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'reference', (published_on, coalesce(batch_no, 0))) AS reference,
    arg_max(TRY_CAST(carry AS JSON) -> 'property', (published_on, coalesce(batch_no, 0))) AS words
  FROM published
  WHERE queue = 'liens' AND message = 'record'
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    CASE WHEN item.message = 'record' THEN item.action_id ELSE heard.reference END  AS lien_reference,
    heard.words,
    item.message = 'release'                                                        AS is_withdrawal
  FROM item
  LEFT JOIN heard USING (subject_id)
)
SELECT
  'D'                                                                   AS record_type,
  upper(said.message)                                                   AS action,
  said.action_id                                                        AS reference,
  said.lien_reference,
  $as_of                                                                AS document_on,
  CASE WHEN coalesce(asset.asset_kind, property.kind, said.words ->> 'kind') = 'real_property' THEN 'D' ELSE 'S' END
                                                                        AS office_kind,
  plain(coalesce(asset.asset_place, property.place, said.words ->> 'place')) AS place,
  plain(coalesce(asset.asset_description, property.description, said.words ->> 'description')) AS property,
  coalesce(asset.asset_state, property.state, said.words ->> 'state')   AS property_state,
  plain(person.last_name)                                               AS owner_last_name,
  plain(person.first_name)                                              AS owner_first_name,
  coalesce(array_to_string(CASE WHEN len(asset.cases_counted) > 0 THEN asset.cases_counted ELSE asset.cases END, ' '),
    'NONE')                                                             AS cases,
  CASE WHEN said.is_withdrawal THEN 0 ELSE said.amount_cents END        AS amount,
  CASE WHEN said.is_withdrawal THEN 0 ELSE asset.owed_cents END         AS payoff_amount,
  $as_of                                                                AS payoff_on,
  CASE WHEN said.is_withdrawal THEN 0 ELSE coalesce(asset.installment_cents, 0) END AS installment,
  CASE WHEN NOT said.is_withdrawal THEN asset.installment_frequency END AS installment_frequency,
  CASE
    WHEN said.is_withdrawal THEN 'NOTHING IS OWED UNDER THIS LIEN'
    WHEN $monthly_interest IS NULL THEN 'NO INTEREST BY THE DAY; INSTALLMENTS AS THEY FALL DUE'
    ELSE 'NONE BY THE DAY; INTEREST ON THE LAST DAY OF EACH MONTH'
  END                                                                   AS per_diem_text,
  [said.action_id]                                                      AS action_ids,
  said.amount_cents,
  said.is_withdrawal,
  -- What the lien is on stays known although nobody tells of it any more.
  CAST(to_json({'reference': said.lien_reference, 'stated_cents': said.amount_cents, 'property': {
    'asset_id': coalesce(asset.asset_id, property.asset_id, said.words ->> 'asset_id'),
    'kind': coalesce(asset.asset_kind, property.kind, said.words ->> 'kind'),
    'place': coalesce(asset.asset_place, property.place, said.words ->> 'place'),
    'description': coalesce(asset.asset_description, property.description, said.words ->> 'description'),
    'state': coalesce(asset.asset_state, property.state, said.words ->> 'state')}}) AS VARCHAR) AS carry
FROM said
LEFT JOIN facts.asset_facts AS asset USING (subject_id)
-- A release names the property although its owner owes in no case any more.
LEFT JOIN caseload.assets AS property
  ON property.person_id = said.person_id AND property.person_id || '-' || property.asset_id = said.subject_id
JOIN known_persons AS person ON person.person_id = said.person_id
ORDER BY reference
