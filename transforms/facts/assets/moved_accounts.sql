-- One row per account under an order whose number is not the parent's any more: in the match that stands tonight the
-- institution gives it to somebody else, or names the parent's account of that kind under another number. An account
-- that is only gone, and the silence of a match that is old or in part unreadable, prove nothing.
WITH
told AS (
  SELECT links.person_id, accounts.institution_tin, accounts.account_token, accounts.account_kind
  FROM match.links AS links
  JOIN staging.bank_accounts AS accounts USING (source_file, source_line)
  WHERE links.feed = 'bank_accounts' AND accounts.account_token IS NOT NULL
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
)
SELECT ordered.subject_id
FROM ordered
ANTI JOIN owner
  ON owner.subject_id = ordered.subject_id AND owner.institution_tin = ordered.institution_tin
  AND owner.account_token = ordered.account_token
WHERE ordered.released_on IS NULL AND ordered.account_token IS NOT NULL
  AND EXISTS (SELECT 1 FROM facts.fresh AS fresh WHERE fresh.name = 'bank_accounts' AND fresh.is_current)
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
