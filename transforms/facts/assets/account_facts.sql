-- One row per parent and account: whether it can be levied, what would be taken, and how far a levy has come.
-- Several accounts together are asked for no more than the debt: those under order first, then the fullest.
WITH
told AS (
  SELECT accounts.person_id, accounts.institution_tin, accounts.account_token, accounts.account_kind
  FROM facts.bank_lines AS accounts
  JOIN facts.fresh AS fresh ON fresh.name = accounts.feed AND fresh.is_current
  WHERE accounts.account_token IS NOT NULL
),
ordered AS (
  SELECT
    subject_id,
    person_id,
    released_on,
    words ->> 'institution_tin'                                                 AS institution_tin,
    words ->> 'account_token'                                                   AS account_token,
    words ->> 'account_kind'                                                    AS account_kind
  FROM (SELECT *, TRY_CAST(carry AS JSON) AS words FROM facts.levies)
),
owner AS (
  SELECT ordered.subject_id, told.person_id, told.institution_tin, told.account_token, told.account_kind
  FROM ordered
  JOIN told ON told.person_id = ordered.person_id
  UNION ALL
  -- The same person under another person number is the same owner.
  SELECT ordered.subject_id, told.person_id, told.institution_tin, told.account_token, told.account_kind
  FROM ordered
  JOIN facts.same_people AS same ON same.other_id = ordered.person_id
  JOIN told ON told.person_id = same.person_id
),
-- One row per account under an order whose number is not the parent's any more: in the match that stands tonight the
-- institution gives it to somebody else, or names the parent's account of that kind under another number. An account
-- that is only gone, and the silence of a match that is old or in part unreadable, prove nothing.
moved AS (
  SELECT ordered.subject_id
  FROM ordered
  ANTI JOIN owner
    ON owner.subject_id = ordered.subject_id AND owner.institution_tin = ordered.institution_tin
    AND owner.account_token = ordered.account_token
  WHERE ordered.released_on IS NULL AND ordered.account_token IS NOT NULL
    AND (
      EXISTS (
        SELECT 1 FROM told
        WHERE told.institution_tin = ordered.institution_tin AND told.account_token = ordered.account_token)
      OR EXISTS (
        SELECT 1 FROM owner AS other
        WHERE other.subject_id = ordered.subject_id AND other.institution_tin = ordered.institution_tin
          AND coalesce(other.account_kind = ordered.account_kind, true)
          -- One that is under an order of its own is another account.
          AND other.account_token NOT IN (
            SELECT account_token FROM ordered AS beside
            WHERE beside.person_id = ordered.person_id AND beside.account_token IS NOT NULL))
    )
),
of_account AS (
  SELECT
    account.*,
    CASE WHEN owner_kind = 'sole' THEN true
      WHEN owner_kind IS NOT NULL THEN coalesce($joint_account_rule = 'levy', false) END AS title_is_reachable,
    list_contains($account_types, account_kind)                                   AS kind_is_reachable,
    list_contains($states_reached, coalesce(account_state, institution_state))    AS account_is_here,
    -- No older than one period of the match.
    ($as_of - matched_on) * CAST($match_frequency AS INTEGER)
      <= $as_of - CAST($as_of - to_years(1) AS DATE)                              AS match_is_current,
    balance_cents > CAST($minimum_balance AS BIGINT)                              AS balance_is_over_minimum
  FROM facts.accounts AS account
),
checked AS (
  SELECT
    account.subject_id,
    max(made.checked_on)                                                          AS checked_on,
    bool_or(made.is_recent)                                                       AS is_recent,
    -- A benefit that was found and not named counts as the one that is never touched.
    list_sort(list_distinct(flatten(list(CASE WHEN made.is_recent AND made.result = 'found'
      THEN string_split(replace(coalesce(made.benefit_types, 'SSI'), ' ', ''), ';') ELSE [] END)))) AS types_found
  FROM of_account AS account
  JOIN (
    SELECT *, checked_on >= $as_of - CAST($check_valid_days AS INTEGER)           AS is_recent
    FROM caseload.benefit_checks
    WHERE result <> 'incomplete' AND checked_on <= $as_of
  ) AS made
    ON made.person_id = account.person_id
    AND coalesce(made.account_last4 = account.account_last4, true)
  GROUP BY account.subject_id
),
won AS (
  SELECT person_id, max(requested_on) AS requested_on
  FROM facts.hearings_won
  WHERE about IN ('bank_levy', 'notice_of_debt')
  GROUP BY person_id
),
claim AS (
  SELECT
    account.subject_id,
    bool_or(made.proven IS NULL OR coalesce(made.decided_on > $as_of, false))     AS is_open,
    bool_or(coalesce(made.proven AND coalesce(made.decided_on, made.received_on) <= $as_of, false)) AS is_proven,
    min(made.decided_on) FILTER (made.is_to_return)                               AS found_on,
    -- Met only when all of it went back.
    CASE WHEN count(*) FILTER (made.is_to_return AND made.returned_on IS NULL) = 0
      THEN max(made.returned_on) FILTER (made.is_to_return) END                   AS returned_on,
    CAST(sum(made.taken_cents) FILTER (made.is_to_return) AS BIGINT)              AS taken_cents,
    string_agg(made.src, ';' ORDER BY made.src)                                   AS src
  FROM of_account AS account
  JOIN (
    SELECT
      *,
      coalesce(proven AND decided_on <= $as_of AND taken_cents > 0 AND kind IN ('ssi', 'concurrent'), false)
                                                                                  AS is_to_return,
      'caseload.exemption_claims@' || source_file || ':' || source_line           AS src
    FROM caseload.exemption_claims
    WHERE received_on <= $as_of AND coalesce(remedy = 'bank_levy', true)
  ) AS made
    ON made.person_id = account.person_id
    AND coalesce(made.account_last4 = account.account_last4, true)
  GROUP BY account.subject_id
),
ranked AS (
  SELECT
    account.*,
    debt.debt_cents,
    debt.cases_counted,
    levy.* EXCLUDE (subject_id, person_id, carry),
    levy.ordered_on IS NOT NULL AND levy.released_on IS NULL                      AS is_under_order,
    account.is_closed OR levy.answer IN ('closed', 'no_account')                  AS is_gone,
    coalesce(title_is_reachable AND kind_is_reachable AND account_is_here AND match_is_current
      AND balance_is_over_minimum AND is_distinct AND trust_kind = 'none' AND coalesce(name_agrees, true)
      AND NOT coalesce(account.is_closed, false)
      AND coalesce(levy.answer NOT IN ('closed', 'no_account'), true), false)     AS is_leviable
  FROM of_account AS account
  LEFT JOIN facts.asset_debts AS debt ON debt.person_id = account.person_id AND debt.counted_for = 'account'
  LEFT JOIN facts.levies AS levy USING (subject_id)
),
shared AS (
  SELECT
    *,
    coalesce(sum(CASE WHEN is_under_order THEN ordered_cents END) OVER (PARTITION BY person_id), 0) AS under_order_cents,
    coalesce(sum(CASE WHEN is_leviable AND NOT is_under_order THEN balance_cents END) OVER (
      PARTITION BY person_id ORDER BY balance_cents DESC NULLS LAST, subject_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)                       AS before_cents
  FROM ranked
)
SELECT
  shared.subject_id,
  shared.person_id,
  shared.institution_tin,
  shared.institution_name,
  shared.institution_street,
  shared.institution_city,
  shared.institution_state,
  shared.institution_zip,
  coalesce(shared.account_state, shared.institution_state)                        AS account_state,
  shared.account_token,
  shared.account_last4,
  shared.account_kind,
  shared.owner_kind,
  shared.second_owner_name,
  shared.account_title,
  shared.trust_kind,
  shared.title_is_reachable,
  shared.kind_is_reachable,
  shared.account_is_here,
  shared.trust_kind = 'none'                                                      AS is_no_trust,
  coalesce(shared.is_gone, false)                                                 AS account_is_closed,
  moved.subject_id IS NOT NULL                                                    AS account_is_renumbered,
  shared.is_distinct                                                              AS account_is_distinct,
  coalesce(shared.name_agrees, true)                                              AS owner_name_agrees,
  CASE WHEN shared.name_agrees THEN 'agrees' WHEN NOT shared.name_agrees THEN 'differs' ELSE 'not checked' END
                                                                                  AS owner_name_check,
  shared.matched_on,
  shared.match_is_current,
  -- The same match is no ground for a second order. Of an order that does not say on which it rested, the matches of
  -- its own month are that one, whose day nobody knows.
  coalesce(shared.matched_on > shared.ordered_match_on, shared.matched_on > last_day(shared.ordered_on), true)
                                                                                  AS match_is_new,
  shared.balance_cents,
  shared.balance_is_over_minimum,
  shared.account_src,
  checked.checked_on                                                              AS benefit_checked_on,
  CASE
    WHEN checked.is_recent THEN true
    WHEN known.benefit_checks THEN false
  END                                                                             AS has_benefit_check,
  -- What is known of the person adds to what the check found, and never stands for one.
  CASE
    WHEN len(checked.types_found) > 0 OR benefits.receives_ssi OR benefits.receives_title_ii_match
      OR (known.benefit_checks AND known.benefits_are_read AND NOT benefits.is_in_doubt)
      THEN list_sort(list_distinct(list_concat(
        coalesce(checked.types_found, CAST([] AS VARCHAR[])),
        CASE WHEN benefits.receives_ssi THEN ['SSI'] ELSE [] END,
        CASE WHEN benefits.receives_title_ii_match THEN ['SSA'] ELSE [] END)))
  END                                                                             AS benefits_found,
  shared.debt_cents,
  shared.cases_counted,
  CAST(CASE
    -- An order once served is lowered by what is paid, never raised; a stay alone lowers nothing.
    WHEN shared.is_under_order AND person.owed_cents IS NOT NULL THEN least(shared.ordered_cents, person.owed_cents)
    WHEN shared.is_under_order OR shared.debt_cents IS NULL OR shared.balance_cents IS NULL THEN NULL
    WHEN shared.is_leviable
      THEN greatest(least(shared.balance_cents, shared.debt_cents - under_order_cents - before_cents), 0)
    ELSE greatest(least(shared.balance_cents, shared.debt_cents), 0)
  END AS BIGINT)                                                                  AS levy_cents,
  shared.ordered_on                                                               AS levy_ordered_on,
  shared.served_on                                                                AS levy_served_on,
  shared.demanded_on                                                              AS levy_demanded_on,
  shared.released_on                                                              AS levy_released_on,
  shared.ordered_cents,
  shared.answered_on                                                              AS levy_answered_on,
  shared.answer                                                                   AS levy_answer,
  shared.held_cents,
  shared.delivered_cents,
  shared.delivered_on,
  coalesce(shared.delivered_on <= $as_of, false)                                  AS levy_is_delivered,
  CAST(CASE WHEN shared.delivered_cents IS NOT NULL AND shared.ordered_cents IS NOT NULL
    THEN greatest(shared.delivered_cents - shared.ordered_cents, 0) END AS BIGINT) AS over_collected_cents,
  shared.answer_src,
  CASE WHEN claim.is_open THEN true WHEN known.exemption_claims THEN false END    AS exemption_is_claimed,
  CASE WHEN claim.is_proven OR shared.answer = 'protected_benefits' THEN true
    WHEN known.exemption_claims THEN false END                                    AS exemption_is_proven,
  coalesce(shared.answer = 'another_person', false)                               AS bank_names_another_person,
  CASE WHEN won.requested_on >= shared.ordered_on THEN true
    WHEN person.hearings_pending_about IS NOT NULL THEN false END                 AS levy_hearing_is_won,
  claim.found_on                                                                  AS exempt_money_found_on,
  claim.returned_on                                                               AS exempt_money_returned_on,
  claim.taken_cents                                                               AS exempt_money_cents,
  claim.src                                                                       AS claim_src,
  person.has_payment_in_transit
FROM shared
JOIN facts.asset_people AS person USING (person_id)
JOIN facts.asset_known AS known USING (person_id)
LEFT JOIN (
  SELECT told.person_id, told.receives_title_ii AS receives_title_ii_match, identity.receives_ssi,
    told.ssi_is_in_doubt OR told.title_ii_is_in_doubt AS is_in_doubt
  FROM facts.person_reports AS told
  JOIN facts.identity AS identity USING (person_id)
) AS benefits USING (person_id)
LEFT JOIN moved USING (subject_id)
LEFT JOIN checked USING (subject_id)
LEFT JOIN claim USING (subject_id)
LEFT JOIN won USING (person_id)
