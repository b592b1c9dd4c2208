-- One row per person who owes in a case and kind of debt (A assigned, N owed to the family): what the federal record
-- of it rests on, for each of the programs that may use it.
WITH
of_person AS (
  SELECT
    fact.person_id,
    CASE WHEN count(*) = count(capped.assigned_cents) THEN sum(capped.assigned_cents) END AS assigned_cents,
    CASE WHEN count(*) = count(capped.unreimbursed_cents) THEN sum(capped.unreimbursed_cents) END AS unreimbursed_cents,
    -- The passport's line counts both kinds, but only what the notice of debt has opened where the state asks for it.
    CASE WHEN bool_and(passport.cents IS NOT NULL) THEN sum(passport.cents) END     AS passport_cents,
    CASE WHEN bool_or(list_contains(fact.exempted_remedies, 'passport_denial')) THEN true
      WHEN bool_and(fact.exempted_remedies IS NOT NULL) THEN false END              AS passport_is_exempted,
    CASE WHEN bool_or(list_contains(fact.exempted_remedies, 'passport_emergency')) THEN true
      WHEN bool_and(fact.exempted_remedies IS NOT NULL) THEN false END              AS has_passport_emergency,
    CASE WHEN bool_or(list_contains(fact.exempted_remedies, 'administrative_offset')) THEN true
      WHEN bool_and(fact.exempted_remedies IS NOT NULL) THEN false END              AS administrative_is_exempted,
    nullif(array_to_string(list_sort(list_distinct(list(capped.src) FILTER (capped.src IS NOT NULL))), ';'), '') AS src
  FROM facts.case_facts AS fact
  JOIN facts.capped_debts AS capped USING (case_id)
  JOIN facts.case_debts AS debts USING (case_id)
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN NOT coalesce($passport_needs_gate, false) OR fact.debt_gate_is_open
        THEN capped.assigned_cents + capped.unassigned_cents
      WHEN NOT fact.debt_gate_is_open OR NOT debts.counts_for_federal THEN 0
    END AS cents
  ) AS passport
  GROUP BY fact.person_id
),
review AS (
  SELECT person_id, string_agg('caseload.offset_reviews@' || source_file || ':' || source_line, ';'
    ORDER BY source_file, source_line) AS src
  FROM caseload.offset_reviews
  WHERE requested_on <= $as_of AND coalesce(decided_on > $as_of, true)
  GROUP BY person_id
),
review_known AS (
  SELECT
    guards.person_id,
    fresh.is_current AND lost.person_id IS NULL                                     AS is_known
  FROM facts.person_guards AS guards
  CROSS JOIN (
    SELECT coalesce(bool_or(is_current), false) AS is_current FROM facts.fresh WHERE name = 'offset_reviews'
  ) AS fresh
  LEFT JOIN (
    SELECT DISTINCT person_id FROM caseload.rejected WHERE table_name = 'offset_reviews'
  ) AS lost ON lost.person_id = guards.person_id
),
debt AS (
  SELECT
    facts.subject_id,
    facts.person_id,
    facts.case_type,
    facts.oldest_unpaid_due_on,
    CAST(CASE facts.case_type WHEN 'A' THEN of_person.assigned_cents ELSE facts.debt_cents END AS BIGINT) AS debt_cents,
    CAST(CASE facts.case_type WHEN 'A' THEN facts.debt_cents_other_type ELSE of_person.assigned_cents END AS BIGINT)
                                                                                    AS debt_cents_other_type,
    CAST(CASE facts.case_type WHEN 'A' THEN of_person.unreimbursed_cents END AS BIGINT) AS unreimbursed_cents,
    CAST(of_person.passport_cents AS BIGINT)                                        AS passport_cents,
    of_person.passport_is_exempted,
    of_person.has_passport_emergency,
    of_person.administrative_is_exempted,
    of_person.src                                                                   AS assistance_src
  FROM facts.person_debt_facts AS facts
  JOIN of_person USING (person_id)
)
SELECT
  debt.* EXCLUDE (person_id, case_type, oldest_unpaid_due_on, passport_cents),
  amount.passport_cents,
  -- The record has whole dollars, truncated: each kind of debt by itself.
  CAST(amount.submit_cents // $record_unit_cents * $record_unit_cents AS BIGINT)    AS file_cents,
  CAST((amount.submit_cents // $record_unit_cents + amount.other_cents // $record_unit_cents)
    * $record_unit_cents AS BIGINT)                                                 AS passport_file_cents,
  amount.passport_cents > $passport_over AND debt.debt_cents > 0
    AND (amount.submit_cents // $record_unit_cents + amount.other_cents // $record_unit_cents)
      * $record_unit_cents <= $passport_over                                        AS file_is_below_passport_line,
  -- What may be submitted: before a notice has run nothing leaves, and the debt is what one would state.
  amount.submit_cents,
  cover.stated_cents                                                                AS offset_notice_debt_cents,
  cover.subject_id IS NOT NULL                                                      AS offset_notice_has_run,
  CASE WHEN cover.subject_id IS NULL THEN 0 ELSE debt.debt_cents - amount.submit_cents END AS not_notified_cents,
  CASE WHEN cover.subject_id IS NULL THEN 0 ELSE debt.debt_cents - cover.covered_cases_cents END AS not_notified_cases_cents,
  cover.notice_again_on,
  CAST(date_diff('day', debt.oldest_unpaid_due_on, $as_of) AS BIGINT)               AS days_past_due,
  notice.offset_notice_on,
  notice.offset_notice_given,
  notice.offset_notice_returned_on,
  notice.offset_notice_src,
  CASE WHEN review.person_id IS NOT NULL THEN true WHEN review_known.is_known THEN false END AS review_elsewhere_is_open,
  review.src                                                                        AS review_src,
  coalesce(record.reject_is_open, false)                                            AS reject_is_open,
  coalesce(record.reject_reasons, CAST([] AS VARCHAR[]))                            AS reject_reasons,
  record.reject_src,
  record.reported_cents,
  coalesce(record.is_held, false)                                                   AS record_is_held,
  coalesce(record.remedies, CAST([] AS VARCHAR[]))                                  AS remedies_on_record,
  record.excluded                                                                   AS excluded_on_record,
  -- Another number, a delete under the old one, or a reject that was worked: the record is said again.
  md5(coalesce(persons.person_token, '')) || ':' || coalesce(record.times_moved, 0) || ':'
    || coalesce(record.times_said_again, 0)                                         AS record_call
FROM debt
LEFT JOIN caseload.persons AS persons USING (person_id)
JOIN review_known USING (person_id)
LEFT JOIN review USING (person_id)
LEFT JOIN facts.offset_notices AS notice USING (subject_id)
LEFT JOIN facts.federal_records AS record ON record.subject_id = debt.subject_id
LEFT JOIN facts.offset_cover AS cover ON cover.subject_id = debt.subject_id
LEFT JOIN facts.offset_cover AS other
  ON other.subject_id = debt.person_id || '-' || CASE debt.case_type WHEN 'A' THEN 'N' ELSE 'A' END
CROSS JOIN LATERAL (
  SELECT
    *,
    -- The passport's line counts no debt of which the parent was not told.
    CASE WHEN submit_cents + other_cents < debt.passport_cents THEN submit_cents + other_cents
      WHEN submit_cents + other_cents IS NOT NULL THEN debt.passport_cents END      AS passport_cents
  FROM (
    SELECT
      CASE WHEN cover.subject_id IS NULL THEN debt.debt_cents ELSE cover.submit_cents END AS submit_cents,
      CASE WHEN other.subject_id IS NULL THEN debt.debt_cents_other_type ELSE other.submit_cents END AS other_cents
  )
) AS amount
