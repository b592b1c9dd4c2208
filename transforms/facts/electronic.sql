-- One row per electronic payment of a parent's, whichever of the bank's files tells it: the clearing house's own, of which
-- one entry may carry several payments, or its flattened form. Told again, in a later file or in the other one, it is one.
WITH told AS (
  SELECT 'electronic_payments' AS feed, * FROM staging.electronic_payments
  UNION ALL BY NAME
  SELECT 'ach_payments' AS feed, * FROM staging.ach_payments
)
SELECT
  *,
  feed || '.' || feed || '@' || source_file || ':' || source_line    AS src
FROM told
WHERE arrived_on <= $as_of AND collection_kind <> 'ZZ'
-- A bank counts its traces from the beginning again: the same trace of another pay day is another payment. All rows of one
-- file stay, since an entry may pay the same case twice.
QUALIFY (feed, source_file) = first_value((feed, source_file)) OVER (
  PARTITION BY trace_number, coalesce(employer_fein, payor_name), named, withheld_on
  ORDER BY arrived_on DESC, feed, source_file DESC)
