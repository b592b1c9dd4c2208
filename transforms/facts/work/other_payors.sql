-- One row per case and payor: whether a payor that came later took this one's place, and which other payor withholds for
-- the case beside it. A later payor alone ends no order: parents hold two jobs. That the old job ended is told, or its
-- pay has stopped: so many pay days in a row brought nothing. What no table tells is not known.
WITH
seen AS (
  SELECT
    subject.person_id,
    subject.fein,
    max(pay.last_withheld_on)                                            AS last_withheld_on,
    min(sent.first_sent_on)                                              AS order_sent_on
  FROM facts.work_subjects AS subject
  LEFT JOIN facts.withheld_pay AS pay ON pay.case_id = subject.case_id AND pay.fein = subject.fein
  LEFT JOIN facts.withholding_sent AS sent ON sent.subject_id = subject.subject_id
  GROUP BY ALL
),
-- From the last pay that brought something, else from when the order should have taken hold: so many cycles more, and
-- the days that its money may take. A cycle that is not known is a month.
overdue AS (
  SELECT
    seen.*,
    CASE jobs.pay_cycle
      WHEN 'weekly' THEN seen.paid_on + to_weeks(CAST($stopped_cycles AS INTEGER))
      WHEN 'biweekly' THEN seen.paid_on + to_weeks(CAST($stopped_cycles + $stopped_cycles AS INTEGER))
      ELSE seen.paid_on + to_months(CAST($stopped_cycles AS INTEGER))
    END                                                                  AS missed_on
  FROM (SELECT *, coalesce(last_withheld_on, order_sent_on + CAST($begin_days AS INTEGER)) AS paid_on FROM seen) AS seen
  LEFT JOIN facts.work_jobs AS jobs USING (person_id, fein)
),
job AS (
  SELECT
    subject.subject_id,
    subject.case_id,
    subject.fein,
    jobs.payor_name,
    jobs.goes_on,
    jobs.from_on,
    jobs.newer_fein,
    shares.share_cents > 0                                               AS bears_a_share,
    coalesce(sent.order_in_place, false)                                 AS order_in_place,
    coalesce(medical.notice_in_place, false)                             AS notice_in_place,
    overdue.last_withheld_on,
    CASE
      WHEN due.day >= $as_of THEN false
      WHEN known.withheld AND due.day < $as_of THEN true
    END                                                                  AS pay_has_stopped
  FROM facts.work_subjects AS subject
  JOIN facts.work_known AS known ON known.case_id = subject.case_id
  LEFT JOIN facts.work_jobs AS jobs ON jobs.person_id = subject.person_id AND jobs.fein = subject.fein
  LEFT JOIN facts.withholding_sent AS sent ON sent.subject_id = subject.subject_id
  LEFT JOIN facts.medical_notices AS medical ON medical.subject_id = subject.subject_id
  LEFT JOIN caseload.payor_shares AS shares
    ON shares.case_id = subject.case_id AND shares.fein = subject.fein AND shares.stated_on <= $as_of
  LEFT JOIN overdue ON overdue.person_id = subject.person_id AND overdue.fein = subject.fein
  LEFT JOIN facts.business_days AS paid ON paid.day = CAST(overdue.missed_on AS DATE)
  LEFT JOIN facts.business_days AS due
    ON due.number = paid.number + CAST($remit_days AS INTEGER) AND due.is_business_day
),
placed AS (
  SELECT
    *,
    CASE
      WHEN goes_on IS FALSE THEN true
      WHEN newer_fein IS NULL THEN false
      -- Where nothing stands, nothing has to be ended; the later payor is the one that is told.
      -- But a person may have said that this one bears a part beside it.
      WHEN NOT order_in_place AND NOT notice_in_place THEN NOT coalesce(bears_a_share, false)
      ELSE pay_has_stopped
    END                                                                  AS newer_took_over
  FROM job
),
-- Beside it withholds whoever was told to and was not followed by anybody, and whoever began on the very same day. Met
-- by case first and judged after, or every payor of the state would be held against every other.
beside AS (
  SELECT
    subject_id,
    any_value(other_payor_name ORDER BY other_fein)                      AS other_payor_name,
    max(other_withheld_on)                                               AS other_withheld_on,
    bool_or(other_in_place)                                              AS other_order_in_place
  FROM (
    SELECT
      placed.*,
      other.fein                                                         AS other_fein,
      other.payor_name                                                   AS other_payor_name,
      other.last_withheld_on                                             AS other_withheld_on,
      other.order_in_place                                               AS other_in_place,
      CASE WHEN other.order_in_place THEN other.newer_took_over IS NOT TRUE
        ELSE placed.newer_fein IS NULL AND other.newer_fein IS NULL AND other.goes_on AND placed.goes_on
          AND other.from_on IS NOT DISTINCT FROM placed.from_on END      AS withholds_beside
    FROM placed
    JOIN placed AS other ON other.case_id = placed.case_id AND other.fein <> placed.fein
    WHERE other.goes_on IS NOT FALSE
  )
  WHERE withholds_beside
  GROUP BY subject_id
)
SELECT
  placed.subject_id,
  placed.newer_took_over AND placed.newer_fein IS NOT NULL               AS newer_took_over,
  placed.pay_has_stopped,
  coalesce(placed.goes_on IS FALSE OR placed.newer_took_over, false)     AS is_over,
  placed.order_in_place                                                  AS own_order_in_place,
  beside.other_payor_name,
  beside.other_withheld_on,
  coalesce(beside.other_order_in_place, false)                           AS other_order_in_place
FROM placed
LEFT JOIN beside USING (subject_id)
