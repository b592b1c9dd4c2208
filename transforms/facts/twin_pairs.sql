-- One row per open case and other case that looks like the same one: the same parents, a child and an order in both. Both
-- are open, and what is summed over cases would count the debt twice; or the other one has ended and partners hold, or
-- were told since this one was opened, what was sent in it: a case under a new number, in which they would hear the same
-- twice. A pair that a person declared to be two is none.
WITH
-- A parent who was keyed twice is one parent here.
known_as AS (
  SELECT people.person_id, coalesce(list_min(identity.keyed_as), people.person_id) AS one_id, last_folded, first_folded,
    people.birth_on
  FROM match.people AS people
  LEFT JOIN facts.identity AS identity USING (person_id)
  UNION ALL
  SELECT same.other_id, list_min(identity.keyed_as), NULL, NULL, NULL
  FROM facts.same_people AS same
  JOIN facts.identity AS identity USING (person_id)
  ANTI JOIN match.people AS listed ON listed.person_id = same.other_id
),
tonight AS (
  SELECT
    cases.case_id,
    cases.status = 'open'                                                       AS is_open,
    cases.opened_on,
    cases.closed_on,
    cases.office,
    cases.worker,
    cases.obligor_id,
    coalesce(obligor.one_id, cases.obligor_id)                                  AS obligor,
    coalesce(custodial.one_id, cases.custodial_id)                              AS custodial,
    custodial.last_folded,
    custodial.first_folded,
    custodial.birth_on,
    'caseload.cases@' || cases.source_file || ':' || cases.source_line          AS src
  FROM caseload.cases AS cases
  LEFT JOIN known_as AS obligor ON obligor.person_id = cases.obligor_id
  LEFT JOIN known_as AS custodial ON custodial.person_id = cases.custodial_id
),
-- What partners heard in a case about its parent; letters and entries into the agency's own books are held by nobody.
sent AS (
  SELECT
    published.case_id,
    coalesce(known_as.one_id, published.person_id)                              AS obligor,
    max(published.published_on)                                                 AS last_reported_on,
    bool_or(back.episode_id IS NULL)                                            AS stands
  FROM ledger.published AS published
  LEFT JOIN (SELECT DISTINCT episode_id, target_id FROM ledger.published WHERE kind = 'release') AS back
    ON back.episode_id = published.episode_id AND back.target_id = published.target_id
  LEFT JOIN known_as ON known_as.person_id = published.person_id
  WHERE published.kind IN ('send', 'update', 'release') AND published.case_id <> '' AND published.person_id <> ''
    AND published.queue <> 'account_entries'
  GROUP BY ALL
),
child AS (
  SELECT children.case_id, children.person_id, children.birth_on, upper(trim(person.first_name)) AS first_name
  FROM caseload.children AS children
  LEFT JOIN caseload.persons AS person USING (person_id)
  WHERE coalesce(children.emancipated_on > $as_of, true)
),
listed AS (
  SELECT
    one.case_id,
    other.case_id                                                               AS twin_id,
    other.is_open                                                               AS twin_is_open,
    CASE WHEN other.is_open THEN 'open' ELSE 'closed ' || coalesce(CAST(other.closed_on AS VARCHAR), '') END AS twin_is
  FROM tonight AS one
  JOIN tonight AS other
    ON other.obligor = one.obligor AND other.case_id <> one.case_id
    -- The parent with custody: one entry, one person keyed twice, a name and birth date that do not differ, or not known.
    AND coalesce(other.custodial = one.custodial
      OR (other.last_folded = one.last_folded AND other.first_folded = one.first_folded
        AND coalesce(other.birth_on = one.birth_on, true)), true)
  LEFT JOIN sent ON sent.case_id = other.case_id AND sent.obligor = one.obligor
  WHERE one.is_open
    AND CASE WHEN other.is_open THEN one.case_id < other.case_id
      ELSE coalesce(sent.stands OR sent.last_reported_on >= one.opened_on, false) END
),
-- The same child by person number or, keyed twice, by birth date and a first name that is not another one.
same_child AS (
  SELECT DISTINCT listed.case_id, listed.twin_id
  FROM listed
  JOIN child AS one ON one.case_id = listed.case_id
  JOIN child AS other ON other.case_id = listed.twin_id
  WHERE one.person_id = other.person_id
    OR (one.birth_on = other.birth_on AND coalesce(one.first_name = other.first_name, true))
),
same_order AS (
  SELECT DISTINCT listed.case_id, listed.twin_id
  FROM listed
  JOIN caseload.orders AS one ON one.case_id = listed.case_id AND one.status <> 'ended'
  JOIN caseload.orders AS other
    ON other.case_id = listed.twin_id AND (other.status <> 'ended' OR NOT listed.twin_is_open)
  WHERE coalesce(one.entered_on = other.entered_on, true)
    AND coalesce(one.current_cents = other.current_cents, true)
    AND coalesce(one.frequency = other.frequency, true)
),
-- What of an ended case stands nowhere in the extract, where nothing was sent yet in the open one.
unstated AS (
  SELECT
    listed.case_id,
    listed.twin_id,
    children.case_id IS NULL                                                    AS has_no_child,
    orders.case_id IS NULL                                                      AS has_no_order
  FROM listed
  LEFT JOIN (SELECT DISTINCT case_id FROM caseload.children) AS children ON children.case_id = listed.twin_id
  LEFT JOIN (SELECT DISTINCT case_id FROM caseload.orders) AS orders ON orders.case_id = listed.twin_id
  ANTI JOIN sent AS own ON own.case_id = listed.case_id
  WHERE NOT listed.twin_is_open
),
-- Of a case that is gone nothing is known but what was sent in it: it may be any in which nothing was sent yet.
gone AS (
  SELECT tonight.case_id, sent.case_id AS twin_id, false AS twin_is_open, 'no longer in the extract' AS twin_is
  FROM sent
  JOIN tonight ON tonight.obligor = sent.obligor AND tonight.is_open
  ANTI JOIN tonight AS listed ON listed.case_id = sent.case_id
  ANTI JOIN sent AS own ON own.case_id = tonight.case_id
  WHERE sent.stands OR sent.last_reported_on >= tonight.opened_on
),
pair AS (
  SELECT listed.*
  FROM listed
  LEFT JOIN same_child USING (case_id, twin_id)
  LEFT JOIN same_order USING (case_id, twin_id)
  LEFT JOIN unstated USING (case_id, twin_id)
  WHERE (same_child.twin_id IS NOT NULL OR coalesce(unstated.has_no_child, false))
    AND (same_order.twin_id IS NOT NULL OR coalesce(unstated.has_no_order, false))
  UNION ALL
  SELECT * FROM gone
)
SELECT
  pair.case_id || '~' || pair.twin_id                                           AS subject_id,
  pair.case_id,
  one.obligor_id                                                                AS person_id,
  one.office,
  one.worker,
  pair.twin_id                                                                  AS twin_case,
  pair.twin_is,
  pair.twin_is_open,
  concat_ws(';', one.src, other.src)                                            AS pair_src
FROM pair
JOIN tonight AS one ON one.case_id = pair.case_id
LEFT JOIN tonight AS other ON other.case_id = pair.twin_id
ANTI JOIN facts.declared_apart AS apart ON apart.subject_id = pair.case_id || '~' || pair.twin_id
