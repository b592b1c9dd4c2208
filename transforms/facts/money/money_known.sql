-- One row: which of the tables about money are current, so that their silence means something.
SELECT
  coalesce(bool_or(is_current) FILTER (name = 'disbursements'), false)    AS disbursements,
  max(through_on) FILTER (name = 'disbursements')                         AS disbursements_through_on,
  coalesce(bool_or(is_current) FILTER (name = 'fees'), false)             AS fees,
  coalesce(bool_or(is_current) FILTER (name = 'intercepts'), false)       AS intercepts,
  coalesce(bool_or(is_current) FILTER (name = 'interest_entries'), false) AS interest_entries,
  -- Two tables tell of payments in error. Who sends only one of them tells all in it.
  coalesce(bool_and(is_current) FILTER (name IN ('overpayments', 'erroneous_payments')), false) AS overpayments,
  coalesce(bool_or(is_current) FILTER (name = 'postings'), false)         AS postings
FROM facts.fresh
