-- One row per person whose claim stands at the state's tax agency: when it was told first, and for how much last.
SELECT
  subject_id,
  min(published_on)                                                                 AS first_reported_on,
  arg_max(amount_cents, (published_on, coalesce(batch_no, 0)))                      AS last_reported_cents
FROM ledger.published
WHERE queue = 'state_tax_setoff'
GROUP BY subject_id
HAVING arg_max(kind, (published_on, coalesce(batch_no, 0))) <> 'release'
