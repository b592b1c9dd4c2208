-- One row per case and payor of its parent: the job, what the orders of the case ask of it, what the payor was told
-- and what the payor did. NULL is "not known".
WITH
-- Money that a payor sent for the case, whoever it was.
paid AS (
  SELECT
    case_id,
    max(received_on)                                                     AS last_employer_receipt_on,
    arg_max('caseload.receipts@' || source_file || ':' || source_line, received_on) AS src
  FROM caseload.receipts
  WHERE source = 'employer' AND received_on <= $as_of AND amount_cents > 0
  GROUP BY case_id
),
started AS (
  -- An order takes hold with the first pay some days after it was sent; a cycle that is not known is a month.
  SELECT
    sent.*,
    CAST(CASE jobs.pay_cycle
      WHEN 'weekly' THEN sent.first_sent_on + CAST($begin_days AS INTEGER) + to_weeks(1)
      WHEN 'biweekly' THEN sent.first_sent_on + CAST($begin_days AS INTEGER) + to_weeks(1 + 1)
      ELSE sent.first_sent_on + CAST($begin_days AS INTEGER) + to_months(1)
    END AS DATE)                                                         AS pay_expected_on
  FROM facts.withholding_sent AS sent
  JOIN facts.work_subjects AS subject USING (subject_id)
  LEFT JOIN facts.work_jobs AS jobs ON jobs.person_id = subject.person_id AND jobs.fein = subject.fein
),
expected AS (
  SELECT
    started.*,
    due.day                                                              AS first_payment_due_on
  FROM started
  LEFT JOIN facts.business_days AS paid ON paid.day = started.pay_expected_on
  LEFT JOIN facts.business_days AS due
    ON due.number = paid.number + CAST($remit_days AS INTEGER) AND due.is_business_day
),
limited AS (
  SELECT
    split_part(plan.wage_id, ':', -1)                                    AS fein,
    plan.case_id,
    plan.current_cents + plan.arrears_cents                              AS within_limit_cents,
    flat.current_cents + flat.arrears_cents                              AS within_limit_flat_cents,
    plan.limit_cents                                                     AS pay_limit_cents,
    list_has_any(plan.reasons, ['current_cut_to_limit', 'arrears_cut_to_limit']) AS is_over_limit
  FROM facts.limit_plan AS plan
  JOIN facts.limit_plan_flat AS flat USING (wage_id, order_id)
),
told AS (
  SELECT
    subject.subject_id,
    subject.fein,
    fact.* EXCLUDE (subject_id),
    coalesce(jobs.payor_name, payor.payor_name)                          AS employer_name,
    coalesce(payor.has_address, false)                                   AS employer_has_address,
    payor.takes_electronic                                               AS employer_takes_electronic,
    payor.src                                                            AS payor_src,
    jobs.kind                                                            AS income_kind,
    jobs.hired_on,
    jobs.hire_entered_on,
    jobs.from_on                                                         AS job_from_on,
    jobs.ended_on                                                        AS job_ended_on,
    jobs.end_reported_on                                                 AS job_end_reported_on,
    jobs.goes_on                                                         AS job_goes_on,
    jobs.newer_fein IS NOT NULL                                          AS has_newer_employer,
    jobs.newer_payor_name                                                AS newer_employer_name,
    jobs.newer_from_on                                                   AS newer_employer_on,
    beside.newer_took_over,
    beside.pay_has_stopped,
    beside.other_payor_name,
    beside.other_withheld_on,
    beside.other_order_in_place,
    shares.share_cents                                                   AS payor_share_cents,
    shares.stated_on                                                     AS payor_share_stated_on,
    shares.stated_cents                                                  AS payor_shares_stated_cents,
    shares.adds_up                                                       AS payor_shares_add_up,
    shares.src                                                           AS payor_shares_src,
    jobs.quarter_wage_cents,
    jobs.wage_quarter_ends_on,
    jobs.pay_cycle,
    jobs.disposable_cents,
    jobs.job_src,
    household.has_second_family,
    known.order_withholding AND NOT list_contains(known.rejected, 'orders') AS terms_are_known,
    known.withheld                                                       AS withheld_is_known,
    known.receipts                                                       AS receipts_are_known,
    known.employers                                                      AS employers_are_known,
    known.medical_answers                                                AS answers_are_known,
    terms.is_ordered,
    terms.has_other_arrangement                                          AS other_arrangement,
    terms.clause_is_suspended,
    terms.asked_on,
    terms.other_cover_named,
    terms.frequency                                                      AS withholding_frequency,
    terms.arrears_cents                                                  AS arrears_ordered_cents,
    terms.terms_src,
    plan.current_cents                                                   AS withheld_current_cents,
    plan.arrears_cents                                                   AS withheld_arrears_cents,
    list_contains(plan.reasons, 'no_amount_for_arrears')                 AS no_arrears_amount,
    list_contains(plan.reasons, 'percent_not_on_top')                    AS percent_not_on_top,
    plan.limit_percent                                                   AS ccpa_percent,
    plan.arrears_are_older                                               AS arrears_over_twelve_weeks,
    current_part.weekly_cents                                            AS current_weekly_cents,
    current_part.biweekly_cents                                          AS current_biweekly_cents,
    current_part.semimonthly_cents                                       AS current_semimonthly_cents,
    current_part.monthly_cents                                           AS current_monthly_cents,
    arrears_part.weekly_cents                                            AS arrears_weekly_cents,
    arrears_part.biweekly_cents                                          AS arrears_biweekly_cents,
    arrears_part.semimonthly_cents                                       AS arrears_semimonthly_cents,
    arrears_part.monthly_cents                                           AS arrears_monthly_cents,
    limited.within_limit_cents,
    limited.within_limit_flat_cents,
    limited.pay_limit_cents,
    -- The limit is told with what of it is known; where something is not, it is the most that there can be.
    CASE WHEN NOT known.garnishments THEN NULL WHEN coalesce(garnished.is_known, garnished.person_id IS NULL)
      THEN coalesce(garnished.stated_cents, 0) END                       AS garnished_before_cents,
    garnished.src                                                        AS garnishments_src,
    coalesce(limited.is_over_limit, false)                               AS orders_exceed_limit,
    coalesce(expected.order_in_place, false)                             AS order_in_place,
    coalesce(expected.current_in_place, false)                           AS current_in_place,
    coalesce(expected.arrears_stand, false)                              AS arrears_stand,
    expected.first_sent_on                                               AS order_sent_on,
    expected.last_reported_on                                            AS order_last_sent_on,
    CASE WHEN expected.ever_sent_on <= jobs.ended_on THEN jobs.ended_on END AS job_end_under_order_on,
    expected.first_payment_due_on,
    CASE WHEN said.answered_on >= coalesce(expected.first_sent_on, expected.ever_sent_on) THEN said.order_answer END
                                                                         AS employer_answer,
    CASE WHEN said.answered_on >= coalesce(expected.first_sent_on, expected.ever_sent_on) THEN said.answer_reason END
                                                                         AS employer_answer_reason,
    CASE WHEN said.answered_on >= coalesce(expected.first_sent_on, expected.ever_sent_on) THEN said.answered_on END
                                                                         AS employer_answered_on,
    coalesce(expected.order_is_void, false)                              AS order_is_void,
    -- Looked at by whoever cleared it with the payor, or tells since then that the parent works or is paid there.
    coalesce(refused.needs_person
      AND NOT coalesce(greatest(jobs.from_on, jobs.hire_entered_on, pay.last_withheld_on) > refused.refused_on, false)
      AND NOT coalesce(jobs.answer_settled_on >= refused.refused_on, false), false)
                                                                         AS payor_refuses,
    jobs.answer_settled_on,
    CASE WHEN refused.end_refused_on >= expected.last_reported_on
      AND NOT coalesce(jobs.answer_settled_on >= refused.end_refused_on, false) THEN refused.end_refused_reason END AS end_refused_reason,
    CASE WHEN said.portal_answered_on >= expected.last_reported_on THEN said.portal_error_field END AS portal_error_field,
    said.corrected_fein,
    said.lump_sum_on,
    said.lump_sum_cents,
    said.lump_sum_kind,
    said.said_src,
    said.last_pay_on,
    pay.last_withheld_on,
    pay.last_received_on                                                 AS last_remitted_on,
    coalesce(pay.unsent_cents, jobs.withheld_not_sent_cents)             AS unsent_cents,
    pay.oldest_unsent_on,
    pay.due_on                                                           AS remittance_due_on,
    pay.watched_on                                                       AS remittance_watched_on,
    pay.watched_received_on                                              AS remittance_received_on,
    pay.is_late,
    pay.times_late,
    pay.unsent_src,
    paid.last_employer_receipt_on,
    paid.src                                                             AS paid_src,
    medical.notice_in_place                                              AS medical_notice_in_place,
    medical.sent_on                                                      AS medical_notice_sent_on,
    medical.employer_answered_on                                         AS medical_employer_answered_on,
    medical.employer_answer                                              AS medical_employer_answer,
    medical.plan_answered_on                                             AS medical_plan_answered_on,
    medical.plan_answer                                                  AS medical_plan_answer,
    medical.answers_src,
    news.children_covered > 0                                            AS cover_is_reported
  FROM facts.work_subjects AS subject
  JOIN facts.case_facts AS fact ON fact.case_id = subject.case_id
  JOIN facts.work_known AS known ON known.case_id = subject.case_id
  LEFT JOIN facts.work_jobs AS jobs ON jobs.person_id = subject.person_id AND jobs.fein = subject.fein
  LEFT JOIN facts.payors AS payor ON payor.fein = subject.fein
  LEFT JOIN caseload.households AS household ON household.person_id = subject.person_id
  LEFT JOIN facts.withholding_terms AS terms ON terms.case_id = subject.case_id
  LEFT JOIN facts.withholding_parts AS plan ON plan.wage_id = subject.subject_id
  LEFT JOIN facts.cycle_plan AS current_part ON current_part.amount_id = subject.subject_id || '|current'
  LEFT JOIN facts.cycle_plan AS arrears_part ON arrears_part.amount_id = subject.subject_id || '|arrears'
  LEFT JOIN limited ON limited.case_id = subject.case_id AND limited.fein = subject.fein
  LEFT JOIN expected ON expected.subject_id = subject.subject_id
  LEFT JOIN facts.withholding_refused AS refused ON refused.subject_id = subject.subject_id
  LEFT JOIN facts.other_payors AS beside ON beside.subject_id = subject.subject_id
  LEFT JOIN facts.garnished_before AS garnished
    ON garnished.person_id = subject.person_id AND garnished.fein = subject.fein
  LEFT JOIN facts.payor_shares AS shares ON shares.subject_id = subject.subject_id
  LEFT JOIN facts.employer_said AS said ON said.subject_id = subject.subject_id
  LEFT JOIN facts.withheld_pay AS pay ON pay.case_id = subject.case_id AND pay.fein = subject.fein
  LEFT JOIN paid ON paid.case_id = subject.case_id
  LEFT JOIN facts.medical_notices AS medical ON medical.subject_id = subject.subject_id
  LEFT JOIN facts.case_news AS news ON news.subject_id = subject.case_id
),
judged AS (
  SELECT
    *,
    CASE WHEN terms_are_known THEN is_ordered WHEN NOT is_ordered THEN false END AS withholding_is_ordered,
    CASE WHEN other_arrangement THEN true WHEN terms_are_known THEN other_arrangement END AS has_other_arrangement,
    CASE
      WHEN clause_is_suspended AND asked_on IS NOT NULL THEN true
      WHEN clause_is_suspended AND days_in_arrears >= CAST($clause_days AS INTEGER) THEN true
      WHEN clause_is_suspended AND days_in_arrears IS NOT NULL AND $clause_days IS NOT NULL THEN false
      WHEN terms_are_known THEN NOT clause_is_suspended
    END                                                                  AS clause_is_in_force,
    CASE
      WHEN is_late THEN true
      WHEN withheld_is_known OR unsent_cents = 0 THEN false
    END                                                                  AS employer_is_late,
    CASE
      WHEN NOT order_in_place OR job_goes_on IS FALSE OR employer_answer = 'rejected' THEN false
      WHEN first_payment_due_on >= $as_of THEN false
      WHEN greatest(last_withheld_on, last_employer_receipt_on) >= order_sent_on THEN false
      WHEN withheld_is_known AND receipts_are_known AND first_payment_due_on IS NOT NULL THEN true
    END                                                                  AS employer_is_silent,
    -- The pay day after the last that brought something, by the payor's own cycle; a cycle not known is a month.
    CAST(CASE pay_cycle
      WHEN 'weekly' THEN greatest(last_withheld_on, last_employer_receipt_on) + to_weeks(1)
      WHEN 'biweekly' THEN greatest(last_withheld_on, last_employer_receipt_on) + to_weeks(1 + 1)
      ELSE greatest(last_withheld_on, last_employer_receipt_on) + to_months(1)
    END AS DATE)                                                         AS next_pay_on,
    CASE
      WHEN is_late THEN true
      WHEN next_pay_on >= $as_of THEN false
      WHEN withheld_is_known AND receipts_are_known THEN true
    END                                                                  AS payor_is_behind,
    CASE
      WHEN NOT health_cover_missing THEN false
      WHEN health_cover_missing AND other_cover_named THEN false
      -- Coverage that the military reports may be what the order asks for: a person confirms it first.
      WHEN health_cover_missing AND cover_is_reported THEN NULL
      WHEN health_cover_missing AND terms_are_known THEN NOT other_cover_named
    END                                                                  AS cover_is_wanted,
    CASE
      WHEN medical_plan_answer = 'enrolled' THEN true
      WHEN answers_are_known THEN false
    END                                                                  AS covered_by_notice
  FROM told
)
SELECT
  subject_id,
  case_id,
  fein,
  employer_name,
  employer_has_address,
  employer_takes_electronic,
  payor_src,
  income_kind,
  hired_on,
  hire_entered_on,
  job_from_on,
  job_ended_on,
  job_end_reported_on,
  job_end_under_order_on,
  job_goes_on,
  coalesce(has_newer_employer, false)                                    AS has_newer_employer,
  newer_employer_name,
  newer_employer_on,
  newer_took_over,
  pay_has_stopped,
  other_payor_name IS NOT NULL                                           AS has_other_payor,
  other_payor_name,
  other_withheld_on,
  other_order_in_place,
  payor_share_cents,
  payor_share_stated_on,
  payor_shares_stated_cents,
  payor_shares_add_up,
  -- A person's word has to be there; its silence is none.
  coalesce(payor_shares_add_up AND payor_share_cents > 0, false)         AS bears_a_share,
  coalesce(payor_shares_add_up AND payor_share_cents = 0, false)         AS bears_no_share,
  payor_shares_src,
  quarter_wage_cents,
  wage_quarter_ends_on,
  pay_cycle,
  disposable_cents,
  job_src,

  is_full_service OR (coalesce($withholding_only_sends, false) AND hired_on IS NOT NULL) AS is_served_by_withholding,

  withholding_is_ordered,
  has_other_arrangement,
  clause_is_suspended,
  clause_is_in_force,
  asked_on                                                               AS clause_asked_on,
  terms_src,
  withholding_frequency,
  -- Where the same order may stand in two cases, nobody knows which of them is withheld for.
  CASE WHEN (terms_are_known OR withholding_frequency IS NOT NULL) AND len(twin_cases) = 0 THEN withheld_current_cents END
                                                                         AS withheld_current_cents,
  arrears_ordered_cents,
  withheld_arrears_cents,
  withheld_arrears_cents > 0                                             AS arrears_amount_is_set,
  CAST((withheld_current_cents * $pct_of_order + withheld_current_cents * $pct_of_order + $hundred)
    // ($hundred + $hundred) AS BIGINT)                                    AS arrears_percent_cents,
  coalesce(percent_not_on_top, false)                                    AS percent_not_on_top,
  coalesce(no_arrears_amount, false)                                     AS no_arrears_amount,
  CASE WHEN withheld_current_cents > 0 THEN false ELSE coalesce($income_levy, false) END AS levy_takes_its_place,
  current_weekly_cents,
  current_biweekly_cents,
  current_semimonthly_cents,
  current_monthly_cents,
  arrears_weekly_cents,
  arrears_biweekly_cents,
  arrears_semimonthly_cents,
  arrears_monthly_cents,
  has_second_family,
  CAST(CASE WHEN has_second_family IS FALSE THEN $pct_single ELSE $pct_second END AS BIGINT) AS ccpa_percent_current,
  CAST(ccpa_percent AS BIGINT)                                           AS ccpa_percent,
  arrears_over_twelve_weeks,
  within_limit_cents,
  within_limit_flat_cents,
  pay_limit_cents,
  garnished_before_cents,
  garnishments_src,
  orders_exceed_limit,

  order_in_place,
  current_in_place,
  arrears_stand,
  order_sent_on,
  order_last_sent_on,
  first_payment_due_on,
  employer_answer,
  employer_answer_reason,
  employer_answered_on,
  coalesce(answer_settled_on >= employer_answered_on, false)             AS employer_answer_is_settled,
  payor_refuses,
  order_is_void,
  end_refused_reason,
  portal_error_field,
  corrected_fein,
  lump_sum_on,
  lump_sum_cents,
  lump_sum_kind,
  last_pay_on,
  -- A bonus or severance is pay: what reaches it is the share of any pay, and never more than is owed.
  CASE WHEN lump_sum_cents IS NOT NULL AND owed_cents IS NOT NULL THEN CAST(least(owed_cents,
    lump_sum_cents * CASE WHEN has_second_family IS FALSE THEN $pct_single ELSE $pct_second END // $hundred) AS BIGINT) END
                                                                         AS lump_sum_share_cents,
  CASE WHEN lump_sum_cents IS NOT NULL AND owed_cents IS NOT NULL AND ccpa_percent IS NOT NULL
    THEN CAST(least(owed_cents, lump_sum_cents * ccpa_percent // $hundred) AS BIGINT) END AS lump_sum_share_old_cents,
  said_src,
  last_withheld_on,
  last_remitted_on,
  last_employer_receipt_on,
  unsent_cents,
  oldest_unsent_on,
  remittance_due_on,
  remittance_watched_on,
  remittance_received_on,
  employer_is_late,
  coalesce(times_late, 0)                                                AS times_late,
  CAST(coalesce(times_late, 0) * $penalty_cents AS BIGINT)               AS penalty_cents,
  employer_is_silent,
  case_is_open AND NOT is_full_service AND order_is_accruing AND job_goes_on AND payor_is_behind AS bill_is_due,
  least(oldest_unsent_on, CASE WHEN next_pay_on < $as_of THEN next_pay_on END) AS bill_since_on,
  CASE pay_cycle
    WHEN 'weekly' THEN current_weekly_cents
    WHEN 'biweekly' THEN current_biweekly_cents
    WHEN 'semimonthly' THEN current_semimonthly_cents
    ELSE current_monthly_cents
  END                                                                    AS bill_cents,
  nullif(concat_ws(';', unsent_src, paid_src), '')                       AS pay_src,
  CASE
    WHEN case_is_open AND order_is_accruing AND withholding_is_ordered
      AND (is_full_service OR (coalesce($withholding_only_sends, false) AND hired_on IS NOT NULL))
      AND NOT has_other_arrangement AND clause_is_in_force AND job_goes_on
      THEN hire_entered_on
  END                                                                    AS order_due_since_on,

  cover_is_wanted,
  covered_by_notice,
  other_cover_named,
  CASE WHEN case_is_open AND cover_is_wanted AND job_goes_on THEN hire_entered_on END AS medical_due_since_on,
  coalesce(medical_notice_in_place, false)                               AS medical_notice_in_place,
  medical_notice_sent_on,
  CASE WHEN medical_notice_in_place THEN medical_notice_sent_on END      AS medical_answer_since_on,
  medical_employer_answered_on,
  medical_employer_answer,
  medical_plan_answered_on,
  medical_plan_answer,
  answers_src
FROM judged
