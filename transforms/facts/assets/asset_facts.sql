-- One row per parent and piece of property that is theirs: what a lien on it would say, what of it is exempt, and
-- what is recorded. A lien may be recorded on exempt property; only what is over may be seized, by a person.
WITH
recorded AS (
  -- What the lien that we sent states: a recorded lien does not follow the debt from night to night.
  SELECT
    subject_id,
    any_value(person_id)                                                          AS person_id,
    arg_max(amount_cents, published_on) FILTER (message = 'record')               AS stated_cents,
    max(published_on) FILTER (message = 'record')                                 AS sent_on,
    arg_max(TRY_CAST(carry AS JSON) -> 'property', published_on) FILTER (message = 'record') AS words
  FROM ledger.published
  WHERE queue = 'liens'
  GROUP BY subject_id
  HAVING arg_max(kind, (published_on, kind)) <> 'release'
),
on_record AS (
  SELECT
    asset_id,
    bool_or(recorded_on <= $as_of AND coalesce(released_on > $as_of, true)
      AND coalesce(expires_on >= $as_of, true))                                   AS is_on_record,
    string_agg('caseload.liens@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                          AS src
  FROM caseload.liens
  WHERE kind = 'lien' AND asset_id IS NOT NULL
  GROUP BY asset_id
),
asked AS (
  SELECT assets.asset_id, max(requests.received_on) AS asked_on
  FROM caseload.payoff_requests AS requests
  JOIN caseload.assets AS assets
    ON assets.person_id = requests.person_id AND coalesce(requests.asset_id = assets.asset_id, true)
  WHERE requests.received_on <= $as_of
  GROUP BY assets.asset_id
),
-- A vehicle that the motor vehicle agency registers to the parent and the agency's own records do not hold. What it is
-- worth nobody has said.
vehicle AS (
  SELECT
    links.person_id,
    told.vin                                                                      AS asset_id,
    told.title,
    told.description,
    told.state,
    'motor vehicle agency'                                                        AS place,
    coalesce(came.period_on, came.received_on)                                    AS found_on,
    'dmv_vehicles.dmv_vehicles@' || told.source_file || ':' || told.source_line   AS src
  FROM match.links AS links
  JOIN staging.dmv_vehicles AS told USING (source_file, source_line)
  LEFT JOIN staging.arrivals AS came ON came.feed = links.feed AND came.source_file = links.source_file
  ANTI JOIN caseload.assets AS own
    ON own.person_id = links.person_id AND (own.asset_id = told.vin OR contains(own.description, told.vin))
  WHERE links.feed = 'dmv_vehicles'
),
held AS (
  SELECT
    person_id, asset_id, kind, title, is_residence, description, place, state, equity_cents, found_on, sold_on,
    title_searched_on, true AS is_told, 'caseload.assets@' || source_file || ':' || source_line AS src
  FROM caseload.assets
  UNION ALL BY NAME
  SELECT *, 'vehicle' AS kind, true AS is_told FROM vehicle
),
known_property AS (
  SELECT * FROM held
  UNION ALL BY NAME
  -- Our lien is on a vehicle that nobody tells any more: whether the parent still has it is not known.
  SELECT
    recorded.person_id,
    recorded.words ->> 'asset_id'                                                 AS asset_id,
    'vehicle'                                                                     AS kind,
    recorded.words ->> 'description'                                              AS description,
    recorded.words ->> 'place'                                                    AS place,
    recorded.words ->> 'state'                                                    AS state,
    recorded.sent_on                                                              AS found_on,
    false                                                                         AS is_told
  FROM recorded
  ANTI JOIN held ON held.person_id = recorded.person_id AND held.person_id || '-' || held.asset_id = recorded.subject_id
  WHERE recorded.words ->> 'kind' = 'vehicle'
),
property AS (
  SELECT
    assets.*,
    CASE assets.kind WHEN 'real_property' THEN 'lien_real_property' ELSE 'lien_personal_property' END AS hearing_about,
    CASE assets.kind WHEN 'real_property' THEN 'real_property' ELSE 'personal_property' END AS counted_for,
    -- One vehicle is spared: the one of which that spares the parent most.
    row_number() OVER (
      PARTITION BY assets.person_id, assets.kind ORDER BY assets.equity_cents DESC NULLS LAST, assets.asset_id) = 1
                                                                                  AS is_first_of_kind
  FROM known_property AS assets
  WHERE assets.found_on <= $as_of
),
exempted AS (
  SELECT
    *,
    CASE
      WHEN kind = 'real_property' AND is_residence THEN CAST($residence_exemption AS BIGINT)
      WHEN kind = 'real_property' AND NOT is_residence THEN 0
      WHEN kind = 'vehicle' AND is_first_of_kind THEN CAST($vehicle_exemption AS BIGINT)
      WHEN kind <> 'real_property' THEN 0
    END                                                                           AS exempt_up_to_cents
  FROM property
)
SELECT
  property.person_id || '-' || property.asset_id                                  AS subject_id,
  property.person_id,
  property.asset_id,
  property.kind                                                                   AS asset_kind,
  property.title                                                                  AS asset_title,
  property.title = 'sole'                                                         AS title_is_sole,
  property.is_residence,
  property.description                                                            AS asset_description,
  property.place                                                                  AS asset_place,
  property.state                                                                  AS asset_state,
  list_contains($states_reached, property.state)                                  AS asset_is_here,
  property.found_on,
  -- What a line that could not be read would have said of their property, nobody knows.
  CASE WHEN property.sold_on <= $as_of THEN false WHEN known.assets AND property.is_told THEN true END AS is_still_owned,
  property.equity_cents,
  CAST(CASE WHEN property.exempt_up_to_cents IS NOT NULL AND property.equity_cents IS NOT NULL
    THEN least(property.exempt_up_to_cents, greatest(property.equity_cents, 0)) END AS BIGINT) AS exempt_cents,
  CAST(CASE WHEN property.exempt_up_to_cents IS NOT NULL AND property.equity_cents IS NOT NULL
    THEN greatest(property.equity_cents - property.exempt_up_to_cents, 0) END AS BIGINT) AS seizable_cents,
  property.equity_cents - property.exempt_up_to_cents > CAST($seize_minimum AS BIGINT) AS seizable_is_over_minimum,
  property.equity_cents <= property.exempt_up_to_cents AND CAST($exempt_from_all AS BOOLEAN) AS is_exempt_from_every_action,
  property.title_searched_on,
  property.title_searched_on IS NOT NULL OR NOT CAST($needs_title_search AS BOOLEAN) AS title_is_searched,
  property.src                                                                    AS asset_src,
  debt.debt_cents,
  debt.cases_counted,
  coalesce(recorded.stated_cents, debt.debt_cents)                                AS lien_cents,
  recorded.sent_on                                                                AS lien_sent_on,
  CASE WHEN won.requested_on >= recorded.sent_on THEN true
    WHEN person.hearings_pending_about IS NOT NULL THEN false END                 AS lien_hearing_is_won,
  CASE WHEN on_record.is_on_record THEN true WHEN known.liens THEN false END      AS lien_is_on_record,
  on_record.src                                                                   AS lien_src,
  asked.asked_on                                                                  AS payoff_asked_on,
  person.has_payment_in_transit,
  person.installment_cents,
  person.installment_frequency
FROM exempted AS property
JOIN facts.asset_people AS person USING (person_id)
JOIN facts.asset_known AS known USING (person_id)
LEFT JOIN facts.asset_debts AS debt ON debt.person_id = property.person_id AND debt.counted_for = property.counted_for
LEFT JOIN recorded ON recorded.subject_id = property.person_id || '-' || property.asset_id
LEFT JOIN on_record ON on_record.asset_id = property.asset_id
LEFT JOIN asked ON asked.asset_id = property.asset_id
LEFT JOIN facts.hearings_won AS won ON won.person_id = property.person_id AND won.about = property.hearing_about
