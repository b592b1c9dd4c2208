-- One row per case and parent who may hear of it, in codes for the voice response: how the case stands, what is owed, what
-- came in last, what was paid out to the caller last, and the next appointment.
WITH
paid AS (
  SELECT
    case_id,
    role,
    max(disbursed_on)                                     AS paid_on,
    arg_max(amount_cents, (disbursed_on, disbursement_id)) AS paid_cents
  FROM portal.disbursements
  WHERE status = 'sent'
  GROUP BY ALL
),
next AS (
  SELECT *
  FROM portal.appointments
  WHERE status = 'scheduled'
  QUALIFY row_number() OVER (
    PARTITION BY case_id, role
    ORDER BY starts_on, starts_at NULLS LAST, appointment_id
  ) = 1
)
SELECT
  cases.case_id,
  cases.person_id,
  CASE cases.role WHEN 'obligor' THEN 'O' ELSE 'C' END    AS role_code,
  CASE cases.case_status WHEN 'open' THEN 'O' WHEN 'closed' THEN 'C' END AS case_code,
  CASE WHEN cases.balance_is_known THEN 'Y' ELSE 'U' END  AS balance_code,
  cases.past_due_cents,
  CASE WHEN cases.order_is_known THEN 'Y' ELSE 'U' END    AS support_code,
  cases.current_support_cents,
  CASE cases.frequency
    WHEN 'weekly' THEN 'W'
    WHEN 'biweekly' THEN 'B'
    WHEN 'semimonthly' THEN 'S'
    WHEN 'monthly' THEN 'M'
    WHEN 'quarterly' THEN 'Q'
    ELSE 'U'
  END                                                     AS frequency_code,
  CASE
    WHEN cases.collections_known_through_on IS NULL THEN 'U'
    WHEN cases.last_payment_on IS NULL THEN 'N'
    ELSE 'Y'
  END                                                     AS payment_code,
  cases.last_payment_on,
  cases.last_payment_cents,
  CASE
    WHEN paid.paid_on IS NOT NULL THEN 'Y'
    WHEN cases.role = 'custodial' AND cases.disbursements_known_through_on IS NOT NULL THEN 'N'
    WHEN cases.role = 'custodial' THEN 'U'
    ELSE 'X'
  END                                                     AS disbursement_code,
  paid.paid_on                                            AS last_disbursed_on,
  paid.paid_cents                                         AS last_disbursed_cents,
  CASE
    WHEN next.starts_on IS NOT NULL THEN 'Y'
    WHEN cases.appointments_known_through_on IS NOT NULL THEN 'N'
    ELSE 'U'
  END                                                     AS appointment_code,
  next.starts_on                                          AS next_appointment_on,
  next.starts_at                                          AS next_appointment_at,
  CASE next.kind
    WHEN 'hearing' THEN 'H'
    WHEN 'genetic_test' THEN 'G'
    WHEN 'interview' THEN 'I'
    WHEN 'other' THEN 'O'
  END                                                     AS next_appointment_code
FROM portal.cases AS cases
LEFT JOIN paid ON paid.case_id = cases.case_id AND paid.role = cases.role
LEFT JOIN next ON next.case_id = cases.case_id AND next.role = cases.role
ORDER BY cases.case_id, role_code
