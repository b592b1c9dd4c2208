-- One row per case: where it stands between its opening and its closing, beside the general facts of the case.
SELECT
  fact.subject_id,
  benefit.receives_ssi,
  benefit.in_prison,
  -- Disability insurance beside it is the same ground; pay and other benefits are more.
  CASE
    WHEN NOT benefit.receives_ssi OR holder.person_id IS NOT NULL OR richer.person_id IS NOT NULL THEN false
    WHEN benefit.receives_ssi AND fresh.employers THEN true
  END                                                                          AS ssi_is_sole_income,
  registry.somebody_has_number,
  cases.opened_on                                                              AS case_opened_on,
  cases.closed_on                                                              AS case_closed_on,
  -- Locate
  locate.locate_needed_from_on,
  locate.locate_last_tried_on,
  locate.located_on,
  locate.has_full_information,
  CASE WHEN locate.case_id IS NOT NULL THEN locate.is_looked_for WHEN fresh.locating THEN false END
                                                                               AS is_looked_for,
  CASE WHEN locate.case_id IS NOT NULL THEN locate.locate_has_failed WHEN fresh.locating THEN false END
                                                                               AS locate_has_failed,
  locate.locate_src,
  -- Review of the order
  CASE WHEN review.order_issued_by IS NOT NULL THEN review.order_issued_by = 'this_state' END
                                                                               AS order_is_own,
  -- Which state: a request that nobody can address is not known, a tribe's or another country's is a person's.
  CASE WHEN review.order_issued_by <> 'other_state' THEN false WHEN review.order_state IS NOT NULL THEN true END
                                                                               AS order_is_another_states,
  review.order_issued_by,
  review.order_state,
  review.order_copies,
  review.order_or_review_on,
  review.review_needs_no_proof,
  review.review_here_asked_on,
  review.review_elsewhere_asked_on,
  review.review_referred_on,
  CASE WHEN review.review_referred_on IS NOT NULL THEN true WHEN fresh.referrals THEN false END
                                                                               AS review_was_referred,
  CASE WHEN review.review_asked_on IS NOT NULL THEN true WHEN fresh.reviews THEN false END
                                                                               AS review_is_asked,
  review.review_asked_by,
  review.review_asked_on,
  review.review_forms_sent_on,
  review.review_forms_back_on,
  review.review_served_on,
  review.last_review_decided_on,
  review.ordered_cents,
  review.guideline_cents,
  review.guideline_differs_cents,
  review.guideline_differs_enough,
  review.substantial_change,
  review.order_rests_on_quarter_cents,
  review.earned_quarter_cents,
  review.earned_quarter_ends_on,
  review.earnings_differ_enough,
  review.reviewed_order_src,
  review.review_src,
  offer.told_on                                                                AS review_offer_notified_on,
  CASE WHEN offer.case_id IS NOT NULL THEN true WHEN fresh.review_offers THEN false END AS review_was_offered,
  CASE WHEN custody.person_id IS NOT NULL THEN coalesce(custody.custody_notified_on < custody.custody_learned_on, true)
    WHEN fresh.custody THEN false END                                          AS custody_not_notified,
  held.person_id IS NOT NULL                                                   AS sentence_is_known,
  custody.custody_learned_on,
  custody.custody_notified_on,
  custody.custody_src,
  -- Closing
  CASE WHEN fresh.closing_grounds THEN closing.documented_grounds END          AS documented_grounds,
  closing.grounds_src,
  CASE WHEN closing.closing_asked_on IS NOT NULL THEN true WHEN fresh.case_requests THEN false END
                                                                               AS closing_is_asked,
  closing.closing_asked_on,
  CASE
    WHEN closing.closing_asked_on IS NOT NULL THEN 'asked'
    WHEN NOT fact.obligor_is_alive AND list_contains(closing.documented_grounds, 'estate_checked') THEN 'deceased'
    WHEN NOT fact.order_is_accruing AND fact.owed_cents < $arrears_below THEN 'little_owed'
    WHEN $all_assigned_counts AND NOT fact.order_is_accruing AND fact.assigned_owed_cents > 0
      AND fact.unassigned_owed_cents = 0 THEN 'state_owed'
    WHEN locate.locate_has_failed THEN 'not_found'
    -- That the only income is a benefit is nobody else's business: the family reads that nothing can be enforced.
    WHEN list_contains(closing.documented_grounds, 'unenforceable')
      AND (NOT fact.order_is_accruing OR ($ssi_only_counts AND benefit.receives_ssi)) THEN 'unenforceable'
    WHEN list_contains(closing.documented_grounds, 'not_cooperating') THEN 'not_cooperating'
    WHEN list_contains(closing.documented_grounds, 'contact_lost') THEN 'contact_lost'
    WHEN list_contains(closing.documented_grounds, 'paternity_barred') THEN 'paternity_barred'
    WHEN list_contains(closing.documented_grounds, 'other_state_done') THEN 'other_state_done'
    WHEN $direct_payment_counts AND list_contains(closing.documented_grounds, 'paid_directly') THEN 'paid_directly'
  END                                                                          AS closing_ground,
  closing.opening_asked_on,
  closing.opening_done_on,
  closing.closing_letter_on,
  closing.closing_second_letter_on,
  CASE WHEN cases.closed_on >= closing.closing_letter_on THEN cases.closed_on END AS closing_confirm_from_on,
  CASE WHEN closing.closing_letter_on IS NOT NULL AND cases.closed_on >= closing.closing_letter_on
    THEN closing.closing_second_letter_on >= closing.closing_letter_on IS NOT TRUE ELSE false END
                                                                               AS second_letter_is_owed,
  CASE WHEN closing.contact_since_letter_on IS NOT NULL THEN true WHEN fresh.contacts THEN false END
                                                                               AS was_heard_since_letter,
  closing.contact_since_letter_on,
  closing.erroneous_payment_cents,
  medicaid.family_gets_medicaid,
  medicaid.medical_support_is_assigned,
  medicaid.medicaid_needs_cover,
  medicaid.medicaid_is_news,
  medicaid.medicaid_src,
  medicaid.assistance_told,
  medicaid.assistance_told_on,
  medicaid.assistance_monthly_cents,
  medicaid.assistance_is_news,
  medicaid.assistance_src,
  medicaid.good_cause_is_news,
  -- Other states
  elsewhere.other_state,
  elsewhere.obligor_lives_elsewhere,
  elsewhere.referral_decided_on,
  elsewhere.papers_complete_on,
  elsewhere.missing_papers,
  elsewhere.referral_ready_on,
  elsewhere.referral_sent_on,
  elsewhere.referral_acknowledged_on,
  elsewhere.registry_asked_on,
  elsewhere.registry_answered_on,
  CASE WHEN elsewhere.referral_decided_on IS NOT NULL THEN elsewhere.referral_decided_on <= $as_of
    WHEN fresh.referrals THEN false END                                        AS referral_is_decided,
  CASE WHEN elsewhere.papers_complete_on IS NOT NULL THEN elsewhere.papers_complete_on <= $as_of
    WHEN fresh.referrals THEN false END                                        AS papers_complete,
  CASE WHEN elsewhere.referral_sent_on IS NOT NULL THEN elsewhere.referral_sent_on <= $as_of
    WHEN fresh.referrals THEN false END                                        AS referral_was_sent,
  elsewhere.referral_src,
  -- What was tried, and what could still be reached
  coalesce(tried.remedies_sent, 0)                                             AS remedies_sent,
  coalesce(tried.remedies_tried, 0)                                            AS remedies_tried,
  coalesce(tried.remedies_sent_names, CAST([] AS VARCHAR[]))                   AS remedies_sent_names,
  tried.first_remedy_on,
  CASE WHEN holder.person_id IS NOT NULL OR fact.bank_account_count > 0 THEN true
    WHEN fresh.employers AND fresh.bank_accounts THEN false END                AS income_or_money_is_known,
  hardship.ability_is_found,
  hardship.hardship_is_found,
  hardship.hardship_checked_on,
  hardship.hardship_outcome,
  hardship.hardship_src,
  fact.month_behind_since_on                                                   AS delinquent_on,
  -- Nothing can be asked of whom nobody can find: the time to act runs from the later of the two days.
  CASE WHEN fact.month_behind_since_on IS NOT NULL AND locate.is_looked_for IS NOT TRUE
    AND fact.is_full_service IS NOT FALSE
    THEN greatest(fact.month_behind_since_on, locate.located_on) END           AS act_from_on,
  -- What parents told
  CASE WHEN tips.case_id IS NOT NULL THEN tips.tips_waiting WHEN fresh.portal_intake THEN 0 END AS tips_waiting,
  tips.tips_reported_on,
  tips.tips_taken_up_on,
  coalesce(tips.tips_of_place, 0)                                              AS tips_of_place,
  coalesce(tips.tips_of_employer, 0)                                           AS tips_of_employer,
  coalesce(tips.tips_of_property, 0)                                           AS tips_of_property,
  coalesce(tips.tips_of_finances, 0)                                           AS tips_of_finances,
  coalesce(tips.tips_of_direct_payment, 0)                                     AS tips_of_direct_payment,
  coalesce(tips.tips_of_license, 0)                                            AS tips_of_license,
  coalesce(tips.tips_of_review, 0)                                             AS tips_of_review,
  coalesce(tips.tips_of_missing_payment, 0)                                    AS tips_of_missing_payment,
  coalesce(tips.tips_of_records, 0)                                            AS tips_of_records,
  coalesce(tips.tips_of_name_or_number, 0)                                     AS tips_of_name_or_number,
  coalesce(tips.tips_of_inquiry, 0)                                            AS tips_of_inquiry,
  tips.review_notified_on,
  coalesce(tips.tips_of_objection, 0)                                          AS tips_of_objection,
  tips.objected_on,
  coalesce(tips.tips_of_inability, 0)                                          AS tips_of_inability,
  tips.inability_tip_on,
  tips.tips_src,
  -- A statement of what the family was paid
  tips.statement_asked_on,
  statement.sent_on                                                            AS family_statement_sent_on,
  CASE
    WHEN tips.statement_asked_on IS NOT NULL THEN statement.sent_on >= tips.statement_asked_on IS NOT TRUE
    WHEN fresh.portal_intake THEN false
  END                                                                          AS statement_is_owed,
  CASE WHEN money.disbursements THEN coalesce(paid.paid_cents, 0) END          AS statement_cents,
  paid.paid_src                                                                AS statement_src,
  CASE WHEN placed.case_id IS NOT NULL THEN true WHEN fresh.placements THEN false END AS is_placed,
  bureaus.heard_on                                                             AS bureaus_heard_on
FROM facts.case_facts AS fact
JOIN caseload.cases AS cases ON cases.case_id = fact.case_id
JOIN facts.life_fresh AS fresh ON fresh.case_id = fact.case_id
LEFT JOIN facts.benefits_known AS benefit ON benefit.person_id = fact.person_id
LEFT JOIN facts.locate AS locate ON locate.case_id = fact.case_id
LEFT JOIN facts.order_reviews AS review ON review.case_id = fact.case_id
LEFT JOIN caseload.review_offers AS offer ON offer.case_id = fact.case_id AND offer.told_on <= $as_of
LEFT JOIN facts.custody AS custody ON custody.person_id = fact.person_id
LEFT JOIN (
  SELECT
    case_id,
    CASE WHEN bool_or(has_usable_number) THEN true WHEN bool_and(has_usable_number IS NOT NULL) THEN false END
      AS somebody_has_number
  FROM facts.registry_people
  GROUP BY case_id
) AS registry ON registry.case_id = fact.case_id
LEFT JOIN (
  SELECT DISTINCT person_id FROM caseload.custody WHERE from_on <= $as_of AND expected_to_on >= $as_of
) AS held ON held.person_id = fact.person_id
LEFT JOIN facts.closing AS closing ON closing.case_id = fact.case_id
LEFT JOIN facts.medicaid AS medicaid ON medicaid.case_id = fact.case_id
LEFT JOIN facts.elsewhere AS elsewhere ON elsewhere.case_id = fact.case_id
LEFT JOIN facts.tried AS tried ON tried.case_id = fact.case_id
LEFT JOIN facts.hardship AS hardship ON hardship.case_id = fact.case_id
LEFT JOIN facts.tips AS tips ON tips.case_id = fact.case_id
CROSS JOIN facts.money_known AS money
LEFT JOIN (
  SELECT case_id, max(published_on) AS sent_on
  FROM ledger.published
  WHERE queue = 'custodial_notices' AND message = 'payment_statement'
  GROUP BY case_id
) AS statement ON statement.case_id = fact.case_id
LEFT JOIN (
  SELECT
    case_id,
    CAST(sum(counted_cents) AS BIGINT)                                         AS paid_cents,
    string_agg('caseload.disbursements@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line)
      AS paid_src
  FROM facts.disbursed
  WHERE paid_to = 'family' AND disbursed_on > $as_of - to_months(CAST($statement_months AS INTEGER))
  GROUP BY case_id
) AS paid ON paid.case_id = fact.case_id
LEFT JOIN (
  SELECT DISTINCT person_id FROM caseload.employers WHERE to_on IS NULL OR to_on > $as_of
) AS holder ON holder.person_id = fact.person_id
LEFT JOIN (
  SELECT DISTINCT person_id
  FROM caseload.benefits
  WHERE kind NOT IN ('ssi', 'ssdi', 'tanf') AND from_on <= $as_of AND coalesce(to_on >= $as_of, true)
) AS richer ON richer.person_id = fact.person_id
LEFT JOIN (
  SELECT DISTINCT case_id FROM caseload.placements WHERE recalled_on IS NULL OR recalled_on > $as_of
) AS placed ON placed.case_id = fact.case_id
-- The account stands with the bureaus until they hear that it is closed or was an error.
LEFT JOIN (
  SELECT case_id, max(published_on) AS heard_on
  FROM (
    SELECT case_id, published_on, kind, max(published_on) FILTER (kind = 'release') OVER (PARTITION BY episode_id, target_id)
      AS ended_on
    FROM facts.own_acts
    WHERE queue = 'credit_bureaus'
  )
  WHERE ended_on IS NULL AND kind IN ('send', 'update')
  GROUP BY case_id
) AS bureaus ON bureaus.case_id = fact.case_id
