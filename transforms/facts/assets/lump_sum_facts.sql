-- One row per parent and claim to money: which remedy reaches it, how much of it is the debt, and what is over.
-- An amount that nobody knows yet is claimed up to the debt.
WITH
named AS (
  SELECT
    *,
    CASE
      WHEN kind = 'workers_comp' THEN 'workers_compensation'
      WHEN kind IN ('settlement', 'injury_award') THEN 'insurance_settlement'
      ELSE 'lump_sum'
    END                                                                           AS remedy,
    CASE kind
      WHEN 'inheritance' THEN 'inheritance'
      WHEN 'injury_award' THEN 'personal injury award'
      WHEN 'settlement' THEN 'workers compensation or insurance settlement'
      WHEN 'workers_comp' THEN 'workers compensation or insurance settlement'
    END                                                                           AS listed_as,
    CASE
      WHEN kind <> 'workers_comp' OR own_cents IS NOT NULL THEN false
      WHEN weekly_cents > 0 AND coalesce(is_paying, true) THEN true
      WHEN weekly_cents = 0 OR NOT is_paying THEN false
    END                                                                           AS is_periodic,
    CASE
      WHEN kind IN ('bonus', 'severance', 'retroactive_pay') THEN coalesce(is_wages, true)
      WHEN kind = 'other' THEN is_wages
      ELSE coalesce(is_wages, false)
    END                                                                           AS counts_as_wages
  FROM facts.money_claims
),
said AS (
  SELECT
    subject_id,
    arg_max(amount_cents, (published_on, version)) FILTER (kind IN ('send', 'update')) AS stated_cents
  FROM ledger.published
  WHERE queue = 'settlements'
  GROUP BY subject_id
  HAVING arg_max(kind, (published_on, kind)) <> 'release'
),
counted AS (
  SELECT
    named.*,
    debt.debt_cents,
    debt.cases_counted,
    owed.owed_cents,
    said.stated_cents,
    greatest(claim_cents - let_go_cents, 0)                                       AS left_cents
  FROM named
  JOIN facts.asset_people AS owed ON owed.person_id = named.person_id
  LEFT JOIN facts.asset_debts AS debt ON debt.person_id = named.person_id AND debt.counted_for = CASE named.remedy
    WHEN 'workers_compensation' THEN 'compensation' WHEN 'insurance_settlement' THEN 'settlement' ELSE 'other_lump_sum' END
  LEFT JOIN said ON said.subject_id = named.person_id || '-' || named.claim_number
),
reach AS (
  SELECT
    *,
    CASE WHEN claim_cents IS NULL THEN debt_cents
      WHEN debt_cents IS NOT NULL THEN least(debt_cents, left_cents) END          AS counted_cents,
    CASE WHEN claim_cents IS NULL THEN least(stated_cents, owed_cents)
      ELSE least(stated_cents, owed_cents, left_cents) END                        AS kept_cents
  FROM counted
),
taken AS (
  SELECT
    *,
    -- A claim once made is lowered by what is paid or let go; a stay alone lowers nothing.
    CASE
      WHEN counted_cents IS NULL OR owed_cents IS NULL THEN NULL
      WHEN stated_cents IS NOT NULL THEN greatest(counted_cents, kept_cents)
      ELSE counted_cents
    END                                                                           AS take_cents
  FROM reach
)
SELECT
  taken.person_id || '-' || taken.claim_number                                    AS subject_id,
  taken.person_id,
  taken.claim_number,
  taken.kind                                                                      AS claim_kind,
  taken.remedy                                                                    AS claim_remedy,
  taken.payer_id,
  taken.payer_name,
  taken.payer_line_1,
  taken.payer_city,
  taken.payer_state,
  taken.payer_zip,
  taken.payer_name IS NOT NULL                                                    AS payer_is_known,
  taken.told_on                                                                   AS claim_matched_on,
  taken.match_is_exact,
  taken.claim_cents,
  taken.claim_cents IS NOT NULL                                                   AS claim_is_settled,
  taken.weekly_cents,
  CASE
    WHEN NOT taken.is_periodic THEN false
    WHEN CAST($periodic_is_income AS BOOLEAN) THEN taken.is_periodic
    WHEN NOT CAST($periodic_is_income AS BOOLEAN) THEN false
  END                                                                             AS is_periodic_income,
  taken.counts_as_wages,
  -- Whether another family is supported is not known: the lower limit, as for any pay.
  CASE WHEN taken.counts_as_wages THEN CASE WHEN household.has_second_family IS FALSE THEN $pct_single ELSE $pct_second END
    END                                                                           AS wage_percent,
  CASE WHEN taken.counts_as_wages AND taken.claim_cents IS NOT NULL AND taken.take_cents IS NOT NULL
    THEN CAST(least(taken.take_cents, taken.claim_cents
      * CASE WHEN household.has_second_family IS FALSE THEN $pct_single ELSE $pct_second END // $hundred) AS BIGINT)
    END                                                                           AS wage_share_cents,
  CASE
    WHEN NOT person.obligor_is_assisted THEN true
    WHEN person.obligor_is_assisted
      THEN CAST($reachable_while_assisted AS BOOLEAN) AND coalesce(list_contains($lump_sum_types, taken.listed_as), false)
  END                                                                             AS reaches_the_parent,
  CASE WHEN taken.paid_on <= $as_of THEN true WHEN known.lump_sums THEN false END AS is_paid_out,
  CASE WHEN won.requested_on >= taken.told_on THEN true
    WHEN person.hearings_pending_about IS NOT NULL THEN false END                 AS claim_hearing_is_won,
  taken.asked_let_go_cents,
  taken.let_go_cents,
  taken.asked_let_go_cents > taken.let_go_cents                                   AS partial_release_is_asked,
  CAST(taken.take_cents AS BIGINT)                                                AS take_cents,
  CAST(taken.claim_cents - taken.take_cents AS BIGINT)                            AS over_cents,
  taken.claim_src,
  taken.debt_cents,
  taken.cases_counted,
  person.has_payment_in_transit
FROM taken
JOIN facts.asset_people AS person USING (person_id)
JOIN facts.asset_known AS known USING (person_id)
LEFT JOIN caseload.households AS household ON household.person_id = taken.person_id
LEFT JOIN facts.hearings_won AS won ON won.person_id = taken.person_id AND won.about = taken.remedy
