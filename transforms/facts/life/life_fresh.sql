-- One row: which of the tables that this module reads are near enough to tonight for their silence to mean
-- anything.
SELECT
  coalesce(bool_or(is_current) FILTER (name = 'reviews'), false)               AS reviews,
  coalesce(bool_or(is_current) FILTER (name = 'order_incomes'), false)         AS order_incomes,
  coalesce(bool_or(is_current) FILTER (name = 'review_offers'), false)         AS review_offers,
  coalesce(bool_or(is_current) FILTER (name = 'custody'), false)               AS custody,
  coalesce(bool_or(is_current) FILTER (name = 'contacts'), false)              AS contacts,
  coalesce(bool_or(is_current) FILTER (name = 'case_requests'), false)         AS case_requests,
  coalesce(bool_or(is_current) FILTER (name = 'closing_grounds'), false)       AS closing_grounds,
  coalesce(bool_or(is_current) FILTER (name = 'referrals'), false)             AS referrals,
  coalesce(bool_or(is_current) FILTER (name = 'registry_requests'), false)     AS registry_requests,
  coalesce(bool_or(is_current) FILTER (name = 'locating'), false)              AS locating,
  coalesce(bool_or(is_current) FILTER (name = 'placements'), false)            AS placements,
  coalesce(bool_or(is_current) FILTER (name = 'employers'), false)             AS employers,
  coalesce(bool_or(is_current) FILTER (name = 'bank_accounts'), false)         AS bank_accounts,
  coalesce(bool_or(is_current) FILTER (name = 'portal_intake'), false)         AS portal_intake
FROM facts.fresh
