-- One row per case: may closing go on, after the letter too?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  (order_has_ended AND owed_cents < $arrears_below)
    OR ($all_assigned_counts AND order_has_ended AND assigned_owed_cents > 0 AND unassigned_owed_cents = 0)
    OR (order_has_ended AND list_contains(documented_grounds, 'unenforceable'))
    OR locate_has_failed
    OR (NOT obligor_is_alive AND list_contains(documented_grounds, 'estate_checked'))
    OR ($ssi_only_counts AND ssi_is_sole_income AND list_contains(documented_grounds, 'unenforceable'))
    OR list_has_any(documented_grounds, ['paternity_barred', 'other_state_done'])
    OR (list_has_any(documented_grounds, ['not_cooperating', 'contact_lost'])
      AND (NOT $family_grounds_need_no_assistance OR case_class <> 'current_assistance'))
    OR ($direct_payment_counts AND list_contains(documented_grounds, 'paid_directly'))
    OR closing_is_asked                                                            AS has_ground,
  NOT $estate_checked_first OR obligor_is_alive
    OR list_contains(documented_grounds, 'estate_checked')                         AS estate_was_checked,
  NOT closing_is_asked
    OR ((NOT $blocked_while_state_owed
        OR (case_class <> 'current_assistance' AND assigned_owed_cents = 0 AND NOT medical_support_is_assigned))
      AND (NOT $blocked_by_erroneous_payment OR erroneous_payment_cents = 0))
                                                                                   AS nothing_blocks_a_request,
  NOT has_payment_in_transit                                                       AS no_money_on_its_way,
  NOT was_heard_since_letter                                                       AS nobody_answered
FROM facts.life_facts
