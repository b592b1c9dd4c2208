-- One row per person and kind of debt: the pre-offset notice that stands, which speaks for every federal program. One
-- that came back does not; one that is older than the end of the record only where the state gives it once for all.
-- Where nobody knows of a notice, a record that stands was noticed no later than on the day it was first told.
WITH
standing AS (
  SELECT
    debts.subject_id,
    -- A further notice, of more debt, does not make wait again what an earlier one has opened.
    coalesce(max(notice.sent_on) FILTER (stands.yes AND notice.has_run), max(notice.sent_on) FILTER (stands.yes)) AS sent_on,
    max(notice.sent_on) FILTER (notice.came_back)                                   AS came_back_on,
    nullif(array_to_string(list_sort(list_distinct(list(notice.src) FILTER (notice.src <> ''))), ';'), '') AS src
  FROM facts.person_debt_facts AS debts
  JOIN facts.offset_notified AS notice ON notice.about = 'federal_offset' AND notice.subject_id = debts.subject_id
  LEFT JOIN facts.federal_records AS record ON record.subject_id = debts.subject_id
  CROSS JOIN LATERAL (
    SELECT NOT notice.came_back
      AND (coalesce($notice_once, false) OR coalesce(len(record.remedies) > 0, true)
        OR coalesce(notice.sent_on > record.released_on, true)) AS yes
  ) AS stands
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
      THEN record.first_reported_on
    ELSE standing.sent_on
  END AS sent_on
) AS told
