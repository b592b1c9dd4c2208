-- One row per account that was ever levied: the last order, how far it came, and what came of it.
WITH
ordered AS (
  SELECT *
  FROM ledger.published
  WHERE queue = 'bank_levy' AND message = 'order'
  QUALIFY row_number() OVER (PARTITION BY subject_id ORDER BY published_on DESC, episode_id DESC) = 1
),
since AS (
  SELECT
    ordered.subject_id,
    arg_max(said.amount_cents, (said.published_on, said.version))
      FILTER (said.kind IN ('send', 'update'))                                  AS amount_cents,
    max(said.published_on) FILTER (said.message = 'deliver')                    AS demanded_on,
    max(said.published_on) FILTER (said.kind = 'release')                       AS released_on
  FROM ordered
  JOIN ledger.published AS said USING (episode_id)
  WHERE said.queue = 'bank_levy'
  GROUP BY ordered.subject_id
),
served AS (
  SELECT notices.reference, max(notices.served_on) AS served_on
  FROM caseload.notices AS notices
  JOIN ordered ON ordered.action_id = notices.reference
  WHERE notices.status = 'served' AND notices.served_on <= $as_of
    AND coalesce(notices.person_id = ordered.person_id, true)
  GROUP BY notices.reference
),
answered AS (
  SELECT
    reference,
    min(answered_on)                                                            AS answered_on,
    arg_max(answer, (answered_on, source_file, source_line))                    AS answer,
    arg_max(held_cents, (answered_on, source_file, source_line))                AS held_cents,
    CAST(sum(delivered_cents) AS BIGINT)                                        AS delivered_cents,
    max(delivered_on)                                                           AS delivered_on,
    string_agg('bank_levy_answers.bank_levy_answers@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                        AS src
  FROM staging.bank_levy_answers
  WHERE answered_on <= $as_of
  GROUP BY reference
)
SELECT
  ordered.subject_id,
  ordered.person_id,
  ordered.action_id                                                             AS reference,
  ordered.carry,
  CAST(TRY_CAST(ordered.carry AS JSON) ->> 'matched_on' AS DATE)                AS ordered_match_on,
  ordered.published_on                                                          AS ordered_on,
  since.amount_cents                                                            AS ordered_cents,
  since.demanded_on,
  since.released_on,
  served.served_on,
  answered.answered_on,
  answered.answer,
  answered.held_cents,
  answered.delivered_cents,
  answered.delivered_on,
  answered.src                                                                  AS answer_src
FROM ordered
JOIN since USING (subject_id)
LEFT JOIN served ON served.reference = ordered.action_id
LEFT JOIN answered ON answered.reference = ordered.action_id
