-- One row per case and payor, or benefit: what of the plan is withheld there. It is all of it, unless a person shared it
-- between payors. Not known where the shares do not come to a whole, and where two orders stand and no table tells
-- whether they are shared: nothing is changed then, since two whole ones would take the support twice.
WITH
placed AS (
  SELECT
    plan.*,
    shares.subject_id IS NULL OR shares.adds_up                          AS counts,
    beside.own_order_in_place AND beside.other_order_in_place AND shares.subject_id IS NULL AND NOT known.payor_shares
                                                                         AS may_be_shared,
    coalesce(shares.before, 0)                                           AS before,
    CASE WHEN shares.subject_id IS NULL THEN 1 ELSE shares.upto END      AS upto,
    CASE WHEN shares.subject_id IS NULL THEN 1 ELSE shares.whole END     AS whole
  FROM facts.withholding_plan AS plan
  LEFT JOIN facts.payor_shares AS shares ON shares.subject_id = plan.wage_id
  LEFT JOIN facts.other_payors AS beside ON beside.subject_id = plan.wage_id
  LEFT JOIN facts.work_known AS known ON known.case_id = plan.case_id
)
SELECT
  * EXCLUDE (counts, may_be_shared, before, upto, whole)
    REPLACE (
      CASE WHEN counts AND NOT coalesce(may_be_shared, false)
        THEN current_cents * upto // whole - current_cents * before // whole END AS current_cents,
      CASE WHEN counts AND NOT coalesce(may_be_shared, false)
        THEN arrears_cents * upto // whole - arrears_cents * before // whole END AS arrears_cents)
FROM placed
