-- One row per account that the bureaus hear of: what is owed, since when, and how it stands.
WITH
heard AS (
  -- What they last heard of the account of this person, from us or, by the opening ledger, from the agency before us.
  SELECT
    target_id,
    nullif(person_id, '')                                           AS person_id,
    CAST(arg_max(carry, (published_on, coalesce(batch_no, 0))) AS JSON) AS carry,
    max(published_on)                                               AS heard_on
  FROM published
  WHERE queue = 'credit_bureaus' AND json_valid(carry)
  GROUP BY ALL
),
-- How the account stood in each month of which they heard, since it was last deleted as an error. A line from before
-- ratings were kept says it by its balance and its first delinquency.
line AS (
  SELECT
    published.target_id,
    nullif(published.person_id, '')                                 AS person_id,
    date_trunc('month', coalesce(TRY_CAST((carry ->> 'period') || '-01' AS DATE), published_on)) AS month,
    (published_on, coalesce(batch_no, 0))                           AS reported_at,
    coalesce(
      carry ->> 'rating',
      CASE
        WHEN CAST(carry ->> 'reported_dollars' AS BIGINT) = 0 THEN $rating_current
        WHEN CAST(carry ->> 'first_delinquency_on' AS DATE) + to_months($severe_after_months) <= last_day(published_on)
          THEN $rating_over_limit
        WHEN CAST(carry ->> 'reported_dollars' AS BIGINT) > 0 THEN $rating_under_limit
      END
    )                                                               AS rating
  FROM published
  WHERE queue = 'credit_bureaus' AND json_valid(carry)
  QUALIFY coalesce(reported_at > max(reported_at) FILTER (message = 'delete')
    OVER (PARTITION BY target_id, nullif(published.person_id, '')), true)
),
stood AS (
  SELECT target_id, person_id, month, arg_max(rating, reported_at) AS rating
  FROM line
  GROUP BY ALL
),
-- Met by account first and judged after, or every account would be held against every other.
own_heard AS (
  SELECT item.action_id, heard.carry, heard.heard_on
  FROM item
  JOIN heard ON heard.target_id = item.target_id
  WHERE coalesce(heard.person_id = item.person_id, true)
),
account AS (
  SELECT
    item.action_id,
    item.case_id,
    item.person_id,
    item.amount_cents,
    whole_dollars(item.amount_cents)                                AS dollars,
    fact.oldest_unpaid_due_on,
    fact.last_payment_on,
    least(file.opened_on, fact.order_entered_on)                    AS opened_on,
    CAST(heard.carry ->> 'first_delinquency_on' AS DATE)            AS first_delinquency_heard_on,
    CAST(heard.carry ->> 'highest_dollars' AS BIGINT)               AS highest_heard,
    heard.carry -> 'address'                                        AS address_sent,
    item.target_id,
    greatest(heard.heard_on, $as_of - INTERVAL 1 MONTH)             AS heard_on,
    CASE
      -- What was said of the wrong person was an error, not a debt that is paid.
      WHEN item.message = 'delete' OR (item.message = 'close'
        AND (fact.identity_has_failed OR (fact.person_id <> item.person_id AND same.other_id IS NULL) OR item.step = 'identity_out')) THEN $status_delete
      WHEN item.message = 'close' THEN $status_paid_and_closed
      WHEN whole_dollars(item.amount_cents) = 0 THEN $status_brought_current
      WHEN fact.oldest_unpaid_due_on + to_months($severe_after_months) <= $as_of THEN $status_over_limit
      WHEN fact.oldest_unpaid_due_on IS NOT NULL THEN $status_under_limit
    END                                                             AS status
  FROM item
  JOIN facts.case_facts AS fact ON fact.case_id = item.case_id
  JOIN caseload.cases AS file ON file.case_id = item.case_id
  LEFT JOIN facts.same_people AS same
    ON same.person_id = fact.person_id AND same.other_id = item.person_id
  LEFT JOIN own_heard AS heard ON heard.action_id = item.action_id
),
standing AS (
  SELECT
    account.*,
    status IN ($status_under_limit, $status_over_limit)             AS is_delinquent,
    -- It never moves forward while the account stays delinquent, and it ends with the delinquency.
    CASE
      WHEN status IN ($status_under_limit, $status_over_limit)
        THEN least(first_delinquency_heard_on, oldest_unpaid_due_on)
    END                                                             AS first_delinquency_on,
    greatest(highest_heard, dollars)                                AS highest
  FROM account
),
own_stood AS (
  SELECT standing.action_id, stood.month, stood.rating
  FROM standing
  JOIN stood ON stood.target_id = standing.target_id
  WHERE coalesce(stood.person_id = standing.person_id, true)
),
first_stood AS (
  SELECT action_id, min(month) AS month
  FROM own_stood
  GROUP BY action_id
),
-- The twenty-four months before this one, the latest first: B before the first line, D where a month has none.
history AS (
  SELECT
    standing.action_id,
    string_agg(
      coalesce(
        stood.rating,
        CASE WHEN past.month < first_stood.month THEN 'B' END,
        CASE WHEN first_stood.month IS NOT NULL THEN 'D' ELSE 'B' END),
      '' ORDER BY past.month DESC)                                  AS profile
  FROM standing
  CROSS JOIN (
    SELECT date_trunc('month', $as_of) - to_months(CAST(back AS INTEGER)) AS month
    FROM range(1, length('BBBBBBBBBBBBBBBBBBBBBBBB') + 1) AS months(back)
  ) AS past
  LEFT JOIN own_stood AS stood ON stood.action_id = standing.action_id AND stood.month = past.month
  LEFT JOIN first_stood ON first_stood.action_id = standing.action_id
  GROUP BY standing.action_id
),
-- What was paid, net of what came back, in the month that the line is of, or since the bureaus last heard in it.
paid AS (
  SELECT standing.action_id, greatest(CAST(sum(receipts.amount_cents) AS BIGINT), 0) AS paid_cents
  FROM standing
  JOIN caseload.receipts AS receipts
    ON receipts.case_id = standing.case_id AND receipts.status = 'posted' AND receipts.kind <> 'adjustment'
    AND receipts.received_on > standing.heard_on AND receipts.received_on <= $as_of
  GROUP BY standing.action_id
),
-- What is taken back goes under the address last told, where the place of today is none to write of: the bureaus have
-- that one already.
placed AS (
  SELECT
    standing.action_id,
    standing.status IN ($status_delete, $status_paid_and_closed)
      AND (address.is_withheld OR address.line_1 IS NULL)
      AND (standing.address_sent ->> 'line_1') IS NOT NULL          AS as_sent
  FROM standing
  JOIN address ON address.person_id = standing.person_id
)
SELECT
  $record_length                                                    AS record_descriptor_word,
  '1'                                                               AS processing_indicator,
  CAST($as_of AS TIMESTAMP)                                         AS time_stamp,
  '0'                                                               AS correction_indicator,
  partner.identification_number,
  partner.cycle_identifier,
  standing.case_id                                                  AS consumer_account_number,
  $portfolio_type                                                   AS portfolio_type,
  $account_type                                                     AS account_type,
  standing.opened_on                                                AS date_opened,
  0                                                                 AS credit_limit,
  standing.highest                                                  AS highest_credit,
  $terms                                                            AS terms_duration,
  0                                                                 AS scheduled_monthly_payment_amount,
  whole_dollars(coalesce(paid.paid_cents, 0))                       AS actual_payment_amount,
  standing.status                                                   AS account_status,
  CASE WHEN standing.status = $status_paid_and_closed THEN '0' END  AS payment_rating,
  history.profile                                                   AS payment_history_profile,
  $special_comment                                                  AS special_comment,
  CASE WHEN standing.is_delinquent THEN standing.dollars ELSE 0 END AS current_balance,
  CASE WHEN standing.is_delinquent THEN standing.dollars ELSE 0 END AS amount_past_due,
  $as_of                                                            AS date_account_information,
  standing.first_delinquency_on                                     AS date_first_delinquency,
  CASE WHEN standing.status = $status_paid_and_closed THEN $as_of END AS date_closed,
  standing.last_payment_on                                          AS date_last_payment,
  plain(person.last_name)                                           AS surname,
  plain(person.first_name)                                          AS first_name,
  plain(person.middle_name)                                         AS middle_name,
  CASE replace(plain(person.suffix), '.', '')
    WHEN 'JR' THEN 'J' WHEN 'SR' THEN 'S' WHEN 'II' THEN '2' WHEN 'III' THEN '3' WHEN 'IV' THEN '4'
    WHEN 'V' THEN '5' WHEN 'VI' THEN '6'
  END                                                               AS generation_code,
  person.birth_on                                                   AS date_birth,
  $ecoa_code                                                        AS ecoa_code,
  'US'                                                              AS country_code,
  CASE WHEN placed.as_sent THEN standing.address_sent ->> 'line_1' ELSE plain(address.line_1) END AS first_line_address,
  CASE WHEN placed.as_sent THEN standing.address_sent ->> 'line_2' ELSE plain(address.line_2) END AS second_line_address,
  CASE WHEN placed.as_sent THEN standing.address_sent ->> 'city' ELSE plain(address.city) END AS city,
  CASE WHEN placed.as_sent THEN standing.address_sent ->> 'state' ELSE address.state END AS state,
  CASE WHEN placed.as_sent THEN standing.address_sent ->> 'zip' ELSE address.zip END AS zip_code,
  address.is_withheld AND NOT placed.as_sent                        AS location_is_withheld,
  person.person_token,
  [standing.action_id]                                              AS action_ids,
  standing.amount_cents,
  standing.status IN ($status_delete, $status_paid_and_closed)      AS is_withdrawal,
  CAST(to_json({
    'first_delinquency_on': standing.first_delinquency_on,
    'highest_dollars': CASE WHEN standing.status <> $status_delete THEN standing.highest END,
    'reported_dollars': CASE WHEN standing.is_delinquent THEN standing.dollars ELSE 0 END,
    'period': strftime($as_of, '%Y-%m'),
    'rating': CASE standing.status
      WHEN $status_under_limit THEN $rating_under_limit
      WHEN $status_over_limit THEN $rating_over_limit
      WHEN $status_brought_current THEN $rating_current
      WHEN $status_paid_and_closed THEN $rating_current
    END,
    -- Kept for the day on which the line is taken back; a place that may not be told is never kept.
    'address': CASE WHEN placed.as_sent THEN standing.address_sent
      WHEN NOT address.is_withheld THEN to_json({'line_1': plain(address.line_1), 'line_2': plain(address.line_2),
        'city': plain(address.city), 'state': address.state, 'zip': address.zip}) END
  }) AS VARCHAR)                                                    AS carry
FROM standing
JOIN known_persons AS person ON person.person_id = standing.person_id
JOIN address ON address.person_id = standing.person_id
JOIN placed USING (action_id)
JOIN history USING (action_id)
LEFT JOIN paid USING (action_id)
CROSS JOIN partner
ORDER BY consumer_account_number
