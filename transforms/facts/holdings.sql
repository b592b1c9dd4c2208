-- One row per person of whom a partner knows something: licenses, a new employer, bank accounts, refunds.
WITH
license AS (
  SELECT
    person_id,
    count(*)                                                                        AS license_count,
    count(*) FILTER (license_kind = 'driver')                                       AS driver_license_count,
    string_agg(src, ';' ORDER BY src)                                               AS licenses_src
  FROM facts.licenses
  GROUP BY person_id
),
hire AS (
  SELECT
    links.person_id,
    max(hires.hired_on)                                                             AS new_hire_on,
    -- Of the latest hire, though it may not say who the employer is.
    arg_max_null(hires.fein, (hires.hired_on, links.source_file, links.source_line)) AS new_hire_fein,
    arg_max(hires.src, (hires.hired_on, links.source_file, links.source_line))      AS new_hire_src
  FROM match.links AS links
  JOIN facts.hires AS hires USING (feed, source_file, source_line)
  WHERE hires.hired_on <= $as_of
  GROUP BY links.person_id
),
account AS (
  -- The same account, told again a month later, is one account with its latest balance.
  SELECT
    person_id,
    account_token,
    arg_max(balance_cents, (coalesce(CAST(match_month AS VARCHAR), ''), source_file, source_line)) AS balance_cents,
    max(src)                                              AS src
  FROM facts.bank_lines
  WHERE NOT is_closed
  GROUP BY ALL
),
bank AS (
  SELECT
    person_id,
    count(*)                                              AS bank_account_count,
    CAST(sum(balance_cents) AS BIGINT)                    AS bank_balance_cents,
    string_agg(src, ';' ORDER BY src)                     AS bank_src
  FROM account
  GROUP BY person_id
),
refund AS (
  SELECT
    links.person_id,
    CAST(sum(refunds.amount_cents) AS BIGINT)             AS refund_received_cents,
    string_agg('state_tax_refunds.state_tax_refunds@' || links.source_file || ':' || links.source_line, ';'
      ORDER BY links.source_file, links.source_line)      AS refund_src
  FROM match.links AS links
  JOIN staging.state_tax_refunds AS refunds USING (source_file, source_line)
  WHERE links.feed = 'state_tax_refunds' AND coalesce(refunds.created_on <= $as_of, true)
  GROUP BY links.person_id
),
withheld AS (
  SELECT
    person_id,
    CAST(sum(withheld_not_sent_cents) AS BIGINT)          AS withheld_cents,
    bool_and(withheld_not_sent_cents IS NOT NULL)         AS withheld_is_known,
    string_agg('caseload.employers@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line) FILTER (withheld_not_sent_cents > 0) AS withheld_src
  FROM caseload.employers
  WHERE coalesce(from_on <= $as_of, true)
  GROUP BY person_id
)
SELECT *
FROM license
FULL JOIN hire USING (person_id)
FULL JOIN bank USING (person_id)
FULL JOIN refund USING (person_id)
FULL JOIN withheld USING (person_id)
