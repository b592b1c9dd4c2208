-- One row per case: which of the tables that this module reads are near enough to tonight for their silence to mean
-- anything, and hold no line about the case or its parent that could not be read.
WITH
near AS (
  SELECT
    coalesce(bool_or(is_current) FILTER (name = 'reviews'), false)               AS reviews,
    coalesce(bool_or(is_current) FILTER (name = 'order_incomes'), false)         AS order_incomes,
    coalesce(bool_or(is_current) FILTER (name = 'review_offers'), false)         AS review_offers,
    coalesce(bool_or(is_current) FILTER (name = 'custody'), false)               AS custody,
    coalesce(bool_or(is_current) FILTER (name = 'contacts'), false)              AS contacts,
    coalesce(bool_or(is_current) FILTER (name = 'case_requests'), false)         AS case_requests,
    coalesce(bool_or(is_current) FILTER (name = 'closing_grounds'), false)       AS closing_grounds,
    coalesce(bool_or(is_current) FILTER (name = 'medicaid'), false)              AS medicaid,
    coalesce(bool_or(is_current) FILTER (name = 'referrals'), false)             AS referrals,
    coalesce(bool_or(is_current) FILTER (name = 'registry_requests'), false)     AS registry_requests,
    coalesce(bool_or(is_current) FILTER (name = 'locating'), false)              AS locating,
    coalesce(bool_or(is_current) FILTER (name = 'placements'), false)            AS placements,
    coalesce(bool_or(is_current) FILTER (name = 'employers'), false)             AS employers,
    coalesce(bool_or(is_current) FILTER (name = 'bank_accounts'), false)         AS bank_accounts,
    coalesce(bool_or(is_current) FILTER (name = 'portal_intake'), false)         AS portal_intake
  FROM facts.fresh
)
SELECT
  known.case_id,
  near.reviews AND NOT list_contains(known.rejected, 'reviews')                  AS reviews,
  near.order_incomes AND NOT list_contains(known.rejected, 'order_incomes')      AS order_incomes,
  near.review_offers AND NOT list_contains(known.rejected, 'review_offers')      AS review_offers,
  near.custody AND NOT list_contains(known.rejected, 'custody')                  AS custody,
  near.contacts AND NOT list_contains(known.rejected, 'contacts')                AS contacts,
  near.case_requests AND NOT list_contains(known.rejected, 'case_requests')      AS case_requests,
  near.closing_grounds AND NOT list_contains(known.rejected, 'closing_grounds')  AS closing_grounds,
  near.medicaid AND NOT list_contains(known.rejected, 'medicaid')                AS medicaid,
  near.referrals AND NOT list_contains(known.rejected, 'referrals')              AS referrals,
  near.registry_requests AND NOT list_contains(known.rejected, 'registry_requests') AS registry_requests,
  near.locating AND NOT list_contains(known.rejected, 'locating')                AS locating,
  near.placements AND NOT list_contains(known.rejected, 'placements')            AS placements,
  near.employers AND NOT list_contains(known.rejected, 'employers')              AS employers,
  near.bank_accounts                                                             AS bank_accounts,
  near.portal_intake                                                             AS portal_intake
FROM facts.known_case AS known
CROSS JOIN near
