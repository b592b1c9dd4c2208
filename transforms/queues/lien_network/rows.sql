-- One row per parent: what a payer may have to withhold, with each order that it stands under. An order is told where it
-- is the only one of its case, so that the debt of the case is its own, and only where the cases add up to what is told.
-- Its children are named only in a state that says so, and only where nobody of the case has to fear violence.
WITH
heard AS (
  -- The number (its token) under which they were listed: what is taken back stands under it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token
  FROM published
  WHERE queue = 'lien_network' AND (TRY_CAST(carry AS JSON) ->> 'person_token') IS NOT NULL
  GROUP BY subject_id
),
debt AS (
  SELECT
    item.*,
    item.message = 'withdraw' OR whole_dollars(item.amount_cents) = 0          AS is_withdrawal,
    CASE WHEN item.message <> 'list' THEN heard.person_token END               AS heard_token
  FROM item
  LEFT JOIN heard USING (subject_id)
),
only_order AS (
  SELECT case_id, min(order_id) AS order_id, min(issuing_state) AS issuing_state
  FROM caseload.orders
  GROUP BY case_id
  HAVING min(order_id) = max(order_id)
),
owing AS (
  SELECT
    counted.subject_id,
    counted.case_id,
    fact.has_family_violence,
    CASE WHEN CAST($notice_gates AS BOOLEAN) THEN fact.collectable_cents ELSE fact.enforceable_cents END AS cents
  FROM (
    SELECT subject_id, unnest(network_cases_counted) AS case_id
    FROM facts.registry_facts
    SEMI JOIN item USING (subject_id)
  ) AS counted
  JOIN facts.case_facts AS fact USING (case_id)
),
summed AS (
  SELECT subject_id, CAST(sum(cents) AS BIGINT) AS cents
  FROM owing
  GROUP BY subject_id
),
told_order AS (
  SELECT owing.*, only_order.order_id, only_order.issuing_state,
    row_number() OVER (PARTITION BY owing.subject_id ORDER BY owing.case_id) AS nth
  FROM owing
  JOIN only_order USING (case_id)
  WHERE whole_dollars(owing.cents) > 0
),
ordered AS (
  SELECT
    subject_id,
    list({
      'record_type': '10',
      'order_number': order_id,
      'order_state': issuing_state,
      'case_number': case_id,
      'arrears_amount': whole_dollars(cents),
      'arrears_date': strftime($as_of, '%Y-%m-%d')
    } ORDER BY nth)                                                            AS orders
  FROM told_order
  GROUP BY subject_id
),
named AS (
  SELECT
    told_order.subject_id,
    list({
      'under_nth': told_order.nth,
      'record_type': '20',
      'last_name': plain(child.last_name),
      'first_name': plain(child.first_name),
      'middle_initial': substr(plain(child.middle_name), 1, 1),
      'suffix': plain(child.suffix),
      'date_of_birth': strftime(child.birth_on, '%Y-%m-%d')
    } ORDER BY told_order.nth, child.birth_on, child.person_id)                AS children
  FROM told_order
  JOIN caseload.children AS member ON member.case_id = told_order.case_id
  JOIN known_persons AS child ON child.person_id = member.person_id
  WHERE CAST($names_children AS BOOLEAN) AND told_order.has_family_violence IS FALSE AND child.family_violence IS NOT TRUE
  GROUP BY told_order.subject_id
)
SELECT
  '01'                                                                         AS record_type,
  plain(person.last_name)                                                      AS last_name,
  plain(person.first_name)                                                     AS first_name,
  substr(plain(person.middle_name), 1, 1)                                      AS middle_initial,
  plain(person.suffix)                                                         AS suffix,
  strftime(person.birth_on, '%Y-%m-%d')                                        AS date_of_birth,
  CASE WHEN debt.is_withdrawal THEN 0 ELSE whole_dollars(debt.amount_cents) END AS arrears_balance,
  strftime($as_of, '%Y-%m-%d')                                                 AS arrears_as_of,
  debt.person_id                                                               AS person_number,
  coalesce(CASE WHEN NOT debt.is_withdrawal AND summed.cents = debt.amount_cents THEN ordered.orders END, [])
                                                                               AS court_order,
  coalesce(CASE WHEN len(court_order) > 0 THEN named.children END, [])         AS child,
  [{'record_type': '89', 'order_count': len(court_order)}]                     AS end_of_ncp,
  coalesce(debt.heard_token, person.person_token)                              AS person_token,
  [debt.action_id]                                                             AS action_ids,
  debt.amount_cents,
  debt.is_withdrawal,
  CAST(to_json({
    'person_token': coalesce(debt.heard_token, person.person_token),
    'last_reported_dollars': CASE WHEN debt.is_withdrawal THEN 0 ELSE whole_dollars(debt.amount_cents) END
  }) AS VARCHAR)                                                               AS carry
FROM debt
JOIN known_persons AS person USING (person_id)
LEFT JOIN summed USING (subject_id)
LEFT JOIN ordered USING (subject_id)
LEFT JOIN named USING (subject_id)
ORDER BY person_number
