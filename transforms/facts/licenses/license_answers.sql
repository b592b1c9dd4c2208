-- One row per case of which a licensing body was asked anything: what still stands with it, what it has not confirmed,
-- and what it refused. The motor vehicle agency and the boards answer in files of their own; while such a file is not
-- current, its silence confirms and refuses nothing.
WITH
answer AS (
  SELECT
    'dmv_responses'                                                         AS feed,
    person_id,
    license_number,
    request_on,
    result,
    reason,
    'dmv_responses.dmv_responses@' || source_file || ':' || source_line     AS src
  FROM staging.dmv_responses
  UNION ALL
  SELECT
    'license_responses',
    person_id,
    license_number,
    request_on,
    result,
    NULL,
    'license_responses.license_responses@' || source_file || ':' || source_line AS src
  FROM staging.license_responses
  WHERE result IS NOT NULL
),
asked AS (
  SELECT
    published.case_id,
    published.person_id,
    published.episode_id,
    published.target_id,
    published.published_on,
    published.kind,
    regexp_replace(published.target_id, '^[^:]*:', '')                      AS license_number,
    CASE WHEN published.queue IN ('sos_license', 'rmv_license') THEN 'dmv_responses' ELSE 'license_responses' END
                                                                            AS feed
  FROM ledger.published AS published
  WHERE published.queue IN ('sos_license', 'rmv_license', 'license_boards', 'wildlife_licenses')
    AND published.kind IN ('send', 'release')
  -- What was refused and sent again is one request: the last of it is the one that is waited for.
  QUALIFY row_number() OVER (
    PARTITION BY published.episode_id, published.target_id, published.kind
    ORDER BY published.published_on DESC, published.version DESC) = 1
),
heard AS (
  SELECT
    asked.*,
    fresh.is_current,
    bool_or(answer.result = CASE asked.kind WHEN 'send' THEN 'restricted' ELSE 'reinstated' END) AS is_confirmed,
    bool_or(answer.result IN ('restriction_denied', 'reinstatement_denied')) AS is_denied,
    max(answer.reason)                                                      AS reason,
    string_agg(answer.src, ';' ORDER BY answer.src)                         AS src
  FROM asked
  LEFT JOIN facts.fresh AS fresh ON fresh.name = asked.feed
  LEFT JOIN answer
    ON answer.feed = asked.feed AND answer.person_id = asked.person_id
    AND answer.license_number = asked.license_number AND answer.request_on = asked.published_on
  GROUP BY ALL
),
standing AS (
  -- What stands against the parent of today; a release of whoever it stood against before is still waited for.
  SELECT case_id, min(published_on) AS certified_on, count(*) AS certified_count
  FROM asked
  JOIN caseload.cases AS cases USING (case_id)
  ANTI JOIN (SELECT episode_id, target_id FROM asked WHERE kind = 'release') AS back USING (episode_id, target_id)
  LEFT JOIN facts.same_people AS same
    ON same.person_id = cases.obligor_id AND same.other_id = asked.person_id
  WHERE kind = 'send'
    AND coalesce(nullif(asked.person_id, '') = cases.obligor_id OR same.other_id IS NOT NULL, true)
  GROUP BY case_id
)
SELECT
  heard.case_id,
  any_value(standing.certified_on)                                          AS certified_on,
  coalesce(any_value(standing.certified_count), 0)                          AS certified_count,
  bool_and(coalesce(heard.is_current, false))                               AS answers_are_known,
  min(heard.published_on) FILTER (heard.kind = 'release' AND heard.is_confirmed IS NOT TRUE) AS release_asked_on,
  max(heard.published_on) FILTER (heard.kind = 'release')                   AS release_last_on,
  count(*) FILTER (heard.kind = 'release' AND heard.is_confirmed IS NOT TRUE) AS unconfirmed_count,
  count(*) FILTER (heard.is_denied AND heard.is_confirmed IS NOT TRUE)      AS denied_count,
  max(heard.reason) FILTER (heard.is_denied AND heard.is_confirmed IS NOT TRUE) AS denied_reason,
  nullif(string_agg(heard.src, ';' ORDER BY heard.src), '')                 AS answers_src
FROM heard
LEFT JOIN standing USING (case_id)
GROUP BY heard.case_id
