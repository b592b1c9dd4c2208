-- One row per person and line in which a financial institution told of an account of theirs, whichever way the match
-- was made: on our inquiry, by institutions of several states, or in a list of all its accounts. What leads from an
-- account to an act starts here alone.
WITH
told AS (
  SELECT 'bank_accounts' AS feed, * EXCLUDE (person_id) FROM staging.bank_accounts
  UNION ALL BY NAME
  SELECT 'bank_account_lists' AS feed, * FROM staging.bank_account_lists
  UNION ALL BY NAME
  SELECT 'multistate_bank_matches' AS feed, * EXCLUDE (person_id) FROM staging.multistate_bank_matches
)
SELECT
  links.person_id,
  links.feed,
  told.institution_tin,
  told.institution_name,
  told.institution_street,
  told.institution_city,
  told.institution_state,
  told.institution_zip,
  -- An institution of several states may hold the account in another one than its own.
  coalesce(told.account_state, told.institution_state)                          AS account_state,
  told.account_token,
  told.account_last4,
  told.account_kind,
  told.account_title,
  told.trust_kind,
  told.owner_kind,
  told.second_owner_name,
  told.has_second_number,
  told.name_agrees,
  coalesce(told.is_closed, false)                                               AS is_closed,
  told.balance_cents,
  told.match_month,
  told.match_month_on,
  told.source_file,
  told.source_line,
  links.feed || '.' || links.feed || '@' || links.source_file || ':' || links.source_line AS src
FROM match.links AS links
JOIN told USING (feed, source_file, source_line)
