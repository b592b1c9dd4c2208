-- One row per episode and target of which a partner rejected what it was told last and has not taken it since: what that
-- was, how often it was rejected, and why. Of the federal record what was added or changed is worked by its own facts;
-- here is the delete that it refused while the record still stands there.
WITH
said AS (
  SELECT
    *,
    regexp_replace(target_id, '^[^:]*:', '')                                        AS target_number,
    kind = 'release'                                                                AS takes_back
  FROM ledger.published
  WHERE queue IN ('federal_offset', 'sos_license', 'rmv_license', 'license_boards', 'wildlife_licenses')
    AND kind IN ('send', 'update', 'release')
),
reply AS (
  SELECT
    'dmv_responses' AS feed, person_id, license_number, request_on,
    result IN ('restriction_denied', 'reinstatement_denied')                        AS is_rejected,
    reason, source_file, source_line
  FROM staging.dmv_responses
  WHERE result IS NOT NULL
  UNION ALL
  SELECT
    'license_responses', person_id, license_number, request_on, result = 'restriction_denied',
    NULL, source_file, source_line
  FROM staging.license_responses
  WHERE result IS NOT NULL
),
answer AS (
  SELECT
    said.action_id,
    reply.is_rejected,
    reply.reason,
    coalesce(arrivals.period_on, arrivals.received_on)                              AS said_on,
    reply.feed || '.' || reply.feed || '@' || reply.source_file || ':' || reply.source_line AS src
  FROM said
  JOIN reply
    ON reply.person_id = said.person_id AND reply.license_number = said.target_number
    AND reply.request_on = said.published_on
    AND reply.feed = CASE WHEN said.queue IN ('sos_license', 'rmv_license') THEN 'dmv_responses'
      ELSE 'license_responses' END
  JOIN staging.arrivals AS arrivals
    ON arrivals.feed = reply.feed AND arrivals.source_file = reply.source_file
  -- What another act's record only covers carries nothing, and is answered with that one.
  WHERE said.queue <> 'federal_offset' AND (said.batch_no = 0 OR said.carry <> '')
),
told AS (
  SELECT
    action_id,
    arg_max(is_rejected, (said_on, src))                                            AS is_rejected,
    arg_max(reason, (said_on, src))                                                 AS reason,
    max(said_on)                                                                    AS said_on,
    arg_max(src, (said_on, src))                                                    AS src
  FROM answer
  GROUP BY action_id
),
-- The federal office tells rejects alone, each of the record that it last heard of.
federal AS (
  SELECT
    said.action_id,
    array_to_string(office.reject_reasons, '; ')                                    AS reason,
    office.rejected_on                                                              AS said_on,
    office.reject_src                                                               AS src,
    NOT office.reject_is_open                                                       AS is_mended
  FROM said
  JOIN facts.federal_records AS office USING (subject_id)
  WHERE said.queue = 'federal_offset' AND said.takes_back AND (said.batch_no = 0 OR said.carry <> '')
    AND office.rejected_on IS NOT NULL AND office.transaction_type = 'D' AND office.is_held
  QUALIFY row_number() OVER (
    PARTITION BY said.subject_id
    ORDER BY said.published_on DESC, coalesce(said.batch_no, 0) DESC, said.action_id DESC) = 1
),
refused AS (
  SELECT subject_id, list(coalesce(arrivals.period_on, arrivals.received_on)) AS days
  FROM (
    SELECT person_id || '-' || case_type AS subject_id, source_file
    FROM staging.federal_offset_rejects
    WHERE transaction_type = 'D' AND codes <> ['47']
  ) AS rejects
  JOIN staging.arrivals AS arrivals
    ON arrivals.feed = 'federal_offset_rejects' AND arrivals.source_file = rejects.source_file
  GROUP BY subject_id
),
heard AS (
  SELECT
    said.*,
    coalesce(told.is_rejected, federal.action_id IS NOT NULL)                       AS is_rejected,
    coalesce(told.reason, federal.reason)                                           AS reason,
    coalesce(told.said_on, federal.said_on)                                         AS rejected_on,
    coalesce(told.src, federal.src)                                                 AS src,
    coalesce(federal.is_mended, false)                                              AS is_mended,
    row_number() OVER (
      PARTITION BY said.episode_id, said.target_id
      ORDER BY said.published_on DESC, said.takes_back DESC, said.version DESC)     AS nth_from_last,
    -- Several cases may hold one thing: what was told of it last, in a record of its own, speaks for all of them.
    max(said.published_on) FILTER (said.batch_no = 0 OR said.carry <> '') OVER (
      PARTITION BY said.queue, said.person_id, said.target_id)                      AS last_told_on
  FROM said
  LEFT JOIN told USING (action_id)
  LEFT JOIN federal USING (action_id)
),
of_target AS (
  SELECT
    episode_id,
    target_id,
    CAST(max(version) + 1 AS BIGINT)                                                AS next_version,
    arg_min(step, version) FILTER (kind = 'send')                                   AS first_step,
    count(*) FILTER (NOT takes_back AND NOT is_rejected)                            AS burdens_taken,
    count(*) FILTER (NOT takes_back AND is_rejected)                                AS burdens_rejected,
    count(*) FILTER (takes_back AND is_rejected)                                    AS releases_rejected,
    min(published_on) FILTER (takes_back)                                           AS first_release_on
  FROM heard
  GROUP BY episode_id, target_id
)
SELECT
  heard.episode_id,
  heard.remedy,
  heard.subject_id,
  nullif(heard.case_id, '')                                                         AS case_id,
  nullif(heard.person_id, '')                                                       AS person_id,
  heard.queue,
  heard.target_id,
  heard.kind,
  heard.step,
  of_target.first_step,
  heard.message,
  heard.amount_cents,
  of_target.next_version,
  heard.takes_back,
  -- No word of ours that lays the burden on was ever taken: the partner holds nothing of it.
  of_target.burdens_taken = 0                                                       AS nothing_is_held,
  heard.rejected_on,
  heard.reason,
  CASE
    WHEN NOT heard.takes_back THEN of_target.burdens_rejected
    ELSE greatest(of_target.releases_rejected,
      len(list_filter(coalesce(refused.days, CAST([] AS DATE[])), lambda day: day >= of_target.first_release_on)))
  END                                                                               AS times,
  heard.is_mended,
  TRY_CAST(heard.carry AS JSON) -> 'identity' ->> 'name'                            AS name_told,
  heard.src
FROM heard
JOIN of_target USING (episode_id, target_id)
LEFT JOIN refused ON refused.subject_id = heard.subject_id AND heard.queue = 'federal_offset'
WHERE heard.nth_from_last = 1
  AND heard.published_on = heard.last_told_on
  AND heard.is_rejected
  -- What is withdrawn under an old number is said anew by the next night.
  AND heard.step <> 'identity_out'
  AND NOT (heard.takes_back AND of_target.burdens_taken = 0)
