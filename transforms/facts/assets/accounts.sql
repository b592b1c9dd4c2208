-- One row per parent and account: as the institution told it last, or, of one that was levied and is told no
-- longer, as the order named it. An account is known by its institution and last four characters, the same in every
-- store; where two of a parent share them, a person tells them apart.
WITH
told AS (
  SELECT
    accounts.person_id,
    accounts.institution_tin,
    accounts.institution_name,
    accounts.institution_street,
    accounts.institution_city,
    accounts.institution_state,
    accounts.institution_zip,
    accounts.account_state,
    accounts.account_token,
    accounts.account_last4,
    accounts.account_kind,
    accounts.trust_kind,
    -- A record that contradicts itself is not known to be the parent's alone.
    CASE
      WHEN accounts.owner_kind <> 'sole' THEN accounts.owner_kind
      WHEN accounts.second_owner_name IS NOT NULL OR accounts.has_second_number THEN NULL
      WHEN list_has_any(title.words, $title_words) THEN NULL
      WHEN NOT contains(array_to_string(title.words, ''), last_name.folded) THEN NULL
      ELSE accounts.owner_kind
    END                                                                         AS owner_kind,
    accounts.second_owner_name,
    accounts.account_title,
    accounts.name_agrees,
    accounts.is_closed,
    accounts.balance_cents,
    CAST(last_day(accounts.match_month_on) AS DATE)                             AS matched_on,
    accounts.source_file,
    accounts.source_line,
    accounts.src                                                                AS account_src
  FROM facts.bank_lines AS accounts
  LEFT JOIN caseload.persons AS person ON person.person_id = accounts.person_id
  CROSS JOIN LATERAL (
    SELECT string_split_regex(trim(regexp_replace(
      upper(strip_accents(replace(accounts.account_title, '&', ' AND '))), '[^A-Z]+', ' ', 'g')), ' ') AS words
  ) AS title
  CROSS JOIN LATERAL (
    SELECT nullif(regexp_replace(regexp_replace(
      upper(strip_accents(person.last_name)), '[ ,]+(JR|SR|II|III|IV|V)[.]?$', ''), '[^A-Z]', '', 'g'), '') AS folded
  ) AS last_name
  WHERE accounts.account_token IS NOT NULL AND accounts.institution_tin IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY accounts.person_id, accounts.institution_tin, accounts.account_token
    -- Of two matches of one month the one that spares counts: closed, or under another name.
    ORDER BY accounts.match_month_on DESC NULLS LAST, accounts.is_closed DESC, accounts.name_agrees NULLS LAST,
      accounts.source_file DESC, accounts.source_line DESC) = 1
),
matched AS (
  SELECT
    -- No part of a number is read from it: it stands on pages, in decisions and in every partner's answer.
    concat_ws('-', person_id, to_hex(md5_number_lower(concat_ws('-', institution_tin, account_last4)))) AS subject_id,
    * EXCLUDE (source_file, source_line),
    account_last4 IS NOT NULL
      AND count(*) OVER (PARTITION BY person_id, institution_tin, account_last4) = 1 AS is_distinct
  FROM told
  QUALIFY row_number() OVER (
    PARTITION BY person_id, institution_tin, account_last4 ORDER BY balance_cents DESC NULLS LAST,
      source_file, source_line) = 1
)
SELECT *
FROM matched
UNION ALL BY NAME
SELECT
  subject_id,
  person_id,
  carry ->> 'institution_tin'                                                   AS institution_tin,
  carry ->> 'institution_name'                                                  AS institution_name,
  carry ->> 'institution_street'                                                AS institution_street,
  carry ->> 'institution_city'                                                  AS institution_city,
  carry ->> 'institution_state'                                                 AS institution_state,
  carry ->> 'institution_zip'                                                   AS institution_zip,
  carry ->> 'account_token'                                                     AS account_token,
  carry ->> 'account_last4'                                                     AS account_last4
FROM (SELECT subject_id, person_id, TRY_CAST(carry AS JSON) AS carry FROM facts.levies) AS levied
ANTI JOIN matched USING (subject_id)
