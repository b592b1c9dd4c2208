-- One row per person and kind of debt: the pre-offset notice that stands, which speaks for every federal program. One
-- that came back does not; one that is older than the end of the record only where the state gives it once for all.
-- Where nobody knows of a notice, a record that stands was noticed no later than on the day it was first told.
WITH
own AS (
  SELECT
    published.subject_id,
    published.published_on                                                          AS sent_on,
    coalesce(notices.status IN ('returned', 'unserved'), false)                     AS came_back,
    coalesce('caseload.notices@' || notices.source_file || ':' || notices.source_line, '') AS src
  FROM ledger.published AS published
  LEFT JOIN caseload.notices AS notices ON notices.reference = published.action_id
  WHERE published.message = 'federal_offset' AND published.kind = 'notice'
),
earlier AS (
  -- What the agency sent before: to the person, for both kinds of debt.
  SELECT
    debts.subject_id,
    notices.sent_on,
    notices.status IN ('returned', 'unserved')                                      AS came_back,
    'caseload.notices@' || notices.source_file || ':' || notices.source_line        AS src
  FROM caseload.notices AS notices
  LEFT JOIN caseload.cases AS cases USING (case_id)
  JOIN facts.person_debt_facts AS debts ON debts.person_id = coalesce(notices.person_id, cases.obligor_id)
  ANTI JOIN ledger.published AS published ON published.action_id = notices.reference
  WHERE notices.about = 'federal_offset'
),
notice AS (
  SELECT * FROM own
  UNION ALL
  SELECT * FROM earlier
),
standing AS (
  SELECT
    debts.subject_id,
    max(notice.sent_on) FILTER (
      NOT notice.came_back
      AND (coalesce($notice_once, false) OR coalesce(len(record.remedies) > 0, true)
        OR coalesce(notice.sent_on > record.released_on, true)))                    AS sent_on,
    max(notice.sent_on) FILTER (notice.came_back)                                   AS came_back_on,
    nullif(array_to_string(list_sort(list_distinct(list(notice.src) FILTER (notice.src <> ''))), ';'), '') AS src
  FROM facts.person_debt_facts AS debts
  JOIN notice ON notice.subject_id = debts.subject_id AND notice.sent_on <= $as_of
  LEFT JOIN facts.federal_records AS record ON record.subject_id = debts.subject_id
  GROUP BY debts.subject_id
)
SELECT
  debts.subject_id,
  told.sent_on                                                                      AS offset_notice_on,
  CASE WHEN told.sent_on IS NOT NULL THEN true WHEN known.notices THEN false END    AS offset_notice_given,
  CASE WHEN told.sent_on IS NULL THEN standing.came_back_on END                     AS offset_notice_returned_on,
  standing.src                                                                      AS offset_notice_src
FROM facts.person_debt_facts AS debts
CROSS JOIN facts.known AS known
LEFT JOIN standing USING (subject_id)
LEFT JOIN facts.federal_records AS record ON record.subject_id = debts.subject_id
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN standing.sent_on IS NULL AND standing.came_back_on IS NULL AND len(record.remedies) > 0
      THEN record.first_told_on
    ELSE standing.sent_on
  END AS sent_on
) AS told
