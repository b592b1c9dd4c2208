-- One row per case: add it, tell whether it has an order, or delete it.
WITH
heard AS (
  -- Of a case that the caseload no longer holds, what was told last.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'order_ind', (published_on, coalesce(batch_no, 0))) AS order_ind
  FROM published
  WHERE queue = 'fcr_cases'
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    CASE fact.has_enforceable_order WHEN true THEN 'Y' WHEN false THEN 'N' ELSE heard.order_ind END AS order_ind
  FROM item
  LEFT JOIN facts.life_facts AS fact USING (subject_id)
  LEFT JOIN heard USING (subject_id)
)
SELECT
  'FC'                                                              AS record_id,
  CASE message WHEN 'add' THEN 'A' WHEN 'change' THEN 'C' WHEN 'delete' THEN 'D' END AS action_type,
  subject_id                                                        AS case_id,
  'F'                                                               AS case_type,
  order_ind,
  [action_id]                                                       AS action_ids,
  coalesce(amount_cents, 0)                                         AS amount_cents,
  message = 'delete'                                                AS is_withdrawal,
  CAST(to_json({'order_ind': order_ind}) AS VARCHAR)                AS carry
FROM said
ORDER BY case_id
