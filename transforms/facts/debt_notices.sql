-- One row per case: the notice of debt that was served last on the parent who owes, and whether what it gates may begin.
-- It belongs to the debt it states: once that was zero, a later default needs a person to say whether the
-- notice still covers it, so the gate is not known.
WITH
served AS (
  SELECT *
  FROM facts.case_notices
  WHERE is_obligors AND about = 'notice_of_debt' AND status = 'served' AND served_on <= $as_of
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY served_on DESC, notice_id DESC) = 1
),
notice AS (
  SELECT
    served.case_id,
    served.notice_id,
    served.served_on,
    served.debt_cents,
    calendar.rolls_to                                                   AS window_ends_on,
    'caseload.notices@' || served.source_file || ':' || served.source_line AS src
  FROM served
  LEFT JOIN calendar ON calendar.day = served.served_on + CAST($challenge_days AS INTEGER)
),
-- Only where something is owed again does it matter whether nothing was owed before.
noticed AS (
  SELECT notice.case_id
  FROM notice
  JOIN facts.balances AS balances USING (case_id)
  WHERE balances.past_due_cents > 0
),
moved AS (
  SELECT case_id, due_on AS day, sum(amount_cents) AS cents
  FROM facts.charge
  SEMI JOIN noticed USING (case_id)
  GROUP BY ALL
  UNION ALL
  SELECT case_id, received_on, -sum(net_cents)
  FROM facts.receipt
  SEMI JOIN noticed USING (case_id)
  WHERE is_posted
  GROUP BY ALL
  UNION ALL
  SELECT case_id, CAST('-infinity' AS DATE), opening_cents
  FROM facts.balances
  SEMI JOIN noticed USING (case_id)
),
owing AS (
  SELECT case_id, day, sum(sum(cents)) OVER (PARTITION BY case_id ORDER BY day) AS cents
  FROM moved
  GROUP BY case_id, day
),
settled AS (
  SELECT owing.case_id, min(owing.day) AS settled_on
  FROM owing
  JOIN notice USING (case_id)
  WHERE owing.day >= notice.served_on AND owing.cents <= 0
  GROUP BY owing.case_id
),
heard AS (
  SELECT
    notice.case_id,
    bool_or(request.state IN ('pending', 'waiting'))                    AS is_challenged,
    bool_or(request.state = 'won' AND request.notice_id = notice.notice_id) AS was_set_aside,
    max(request.decision_mailed_on) FILTER (request.state IN ('waiting', 'over')) AS upheld_mailed_on
  FROM notice
  JOIN facts.request AS request ON request.case_id = notice.case_id AND request.about = 'notice_of_debt'
  GROUP BY notice.case_id
),
told AS (
  SELECT
    notice.*,
    settled.settled_on,
    -- Who pays each week owes for some days of each: that is no later default before it is as old as one.
    settled.settled_on IS NOT NULL AND fresh.case_id IS NOT NULL        AS owes_for_days_only,
    coalesce(heard.is_challenged, false)                                AS has_challenge,
    coalesce(heard.was_set_aside, false)                                AS was_set_aside,
    heard.upheld_mailed_on,
    -- A plan signed in the window closes the gate; one signed later keeps it closed while it is kept and includes
    -- current support.
    agreements.agreement_is_kept
      AND (coalesce(agreements.signed_on <= notice.window_ends_on, true) OR agreements.agreement_includes_current)
                                                                        AS has_plan,
    known.hearings_through_on >= notice.window_ends_on + CAST($mail_lag_days AS INTEGER) AS mail_is_in,
    agreements.agreement_is_kept,
    known.agreements,
    -- A payment in full that could not be read may have settled it.
    NOT list_has_any(known.rejected, ['balances', 'charges', 'receipts', 'orders', 'children']) AS debt_is_read
  FROM notice
  JOIN facts.known_case AS known USING (case_id)
  LEFT JOIN settled USING (case_id)
  LEFT JOIN (
    SELECT case_id
    FROM facts.installment
    WHERE unpaid_cents > 0
    GROUP BY case_id
    HAVING min(due_on) > $as_of - to_months(CAST($unpaid_months AS INTEGER))
  ) AS fresh USING (case_id)
  LEFT JOIN heard USING (case_id)
  LEFT JOIN facts.agreements AS agreements USING (case_id)
)
SELECT
  case_id,
  notice_id                                                             AS debt_notice_id,
  served_on                                                             AS debt_notice_served_on,
  debt_cents                                                            AS debt_notice_debt_cents,
  window_ends_on                                                        AS debt_notice_window_ends_on,
  CASE
    WHEN has_challenge THEN true
    WHEN $as_of > window_ends_on AND mail_is_in THEN false
  END                                                                   AS debt_notice_is_challenged,
  upheld_mailed_on                                                      AS debt_hearing_upheld_mailed_on,
  settled_on                                                            AS debt_settled_on,
  owes_for_days_only                                                    AS debt_is_of_days_only,
  CASE
    WHEN $as_of <= window_ends_on THEN false
    WHEN has_challenge OR was_set_aside OR has_plan THEN false
    WHEN owes_for_days_only THEN false
    WHEN settled_on IS NOT NULL THEN NULL
    -- Whether the plan that is kept includes current support is not known.
    WHEN has_plan IS NULL AND agreement_is_kept THEN NULL
    WHEN mail_is_in AND agreements AND debt_is_read THEN true
  END                                                                   AS debt_gate_is_open,
  -- Requests that came in may lie unopened: nobody can say that there was none.
  $as_of > window_ends_on AND mail_is_in IS NOT TRUE                    AS debt_window_is_unread,
  src                                                                   AS debt_notice_src
FROM told
