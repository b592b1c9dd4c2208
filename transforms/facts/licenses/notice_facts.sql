-- One row per case: whether its debt is covered by a notice of debt, how far the service of one has come, and when
-- the parent was last told in writing what they owe. A notice belongs to the debt that it states: once that was
-- zero, or a hearing set it aside, a person says whether another one is due, so it is not known to cover.
WITH
won AS (
  SELECT DISTINCT case_id, notice_id
  FROM facts.request
  WHERE about = 'notice_of_debt' AND state = 'won'
),
child AS (
  SELECT children.case_id, string_agg(DISTINCT trim(person.first_name), ', ' ORDER BY trim(person.first_name)) AS names
  FROM caseload.children AS children
  JOIN caseload.persons AS person ON person.person_id = children.person_id
  GROUP BY children.case_id
)
SELECT
  fact.subject_id,
  CASE WHEN NOT fact.has_family_violence THEN child.names END               AS children_names,
  fact.debt_notice_served_on + CAST($payment_demand_days AS INTEGER)       AS debt_demand_ends_on,
  CASE
    WHEN fact.debt_notice_id IS NOT NULL AND fact.debt_settled_on IS NULL AND won.case_id IS NULL THEN true
    -- What is owed for some days of each week asks for no new notice.
    WHEN fact.debt_is_of_days_only AND won.case_id IS NULL THEN true
    WHEN fact.debt_notice_id IS NOT NULL OR list_contains(known.rejected, 'notices') THEN NULL
    WHEN known.notices THEN false
  END                                                                       AS debt_notice_covers,
  won.case_id IS NOT NULL                                                   AS debt_notice_set_aside,
  trail.debt_notice_tried_on,
  coalesce(trail.debt_notice_tries, 0)                                      AS debt_notice_tries,
  fact.debt_notice_served_on >= trail.debt_notice_tried_on                  AS last_try_was_served,
  CASE
    WHEN fact.debt_notice_id IS NULL AND fact.enforceable_cents > 0 AND fact.case_is_open THEN trail.debt_notice_tried_on
  END                                                                       AS debt_notice_retry_from_on,
  CASE
    WHEN fact.collectable_cents > 0 AND fact.case_is_open
      THEN greatest(trail.statement_said_on, fact.debt_notice_served_on)
  END                                                                       AS statement_from_on,
  CASE WHEN coalesce(trail.statement_said_on, fact.debt_notice_served_on) IS NOT NULL THEN true
    WHEN known.notices THEN false END                                       AS was_stated_in_writing,
  greatest(trail.statement_said_on, fact.debt_notice_served_on)             AS stated_in_writing_on,
  trail.statement_said_on IS NOT NULL                                       AS statement_is_said,
  trail.statement_said_on
FROM facts.case_facts AS fact
JOIN facts.known_case AS known ON known.case_id = fact.case_id
LEFT JOIN facts.notice_trail AS trail ON trail.case_id = fact.case_id
LEFT JOIN child ON child.case_id = fact.case_id
LEFT JOIN won ON won.case_id = fact.case_id AND won.notice_id = fact.debt_notice_id
