-- One row per parent who owes and remedy against property: the debt that counts for it, over their cases. Counted:
-- true, not counted: zero, and where either is not known, or the books do not agree, not known.
WITH
told AS (
  SELECT
    case_id,
    person_id,
    case_is_open AND is_full_service                                              AS is_served,
    has_enforceable_order AND NOT has_good_cause                                  AS has_ground,
    -- In doubt is not the same as nothing owed.
    nullif(balance_is_trusted, false)                                             AS amount_is_sure,
    CASE WHEN CAST($notice_gates AS BOOLEAN) THEN debt_gate_is_open
      WHEN NOT CAST($notice_gates AS BOOLEAN) THEN true END                       AS gate_is_passed,
    CASE WHEN CAST($notice_gates AS BOOLEAN) THEN collectable_cents
      WHEN NOT CAST($notice_gates AS BOOLEAN) THEN enforceable_cents END          AS gated_cents,
    CASE WHEN CAST($must_be_liquidated AS BOOLEAN) THEN collectable_cents
      WHEN NOT CAST($must_be_liquidated AS BOOLEAN) THEN enforceable_cents END    AS won_from_cents,
    exempted_remedies,
    disputes_about,
    hearings_pending_about
  FROM facts.case_facts
),
wanted AS (
  SELECT
    unnest([
      'bank_levy', 'lien_real_property', 'lien_personal_property', 'insurance_settlement',
      'workers_compensation', 'lump_sum', 'lottery_setoff', 'gambling_registry'])  AS remedy
),
judged AS (
  SELECT
    told.*,
    wanted.remedy,
    is_served AND has_ground AND gate_is_passed AND amount_is_sure
      AND NOT list_has_any(exempted_remedies, ['all', wanted.remedy])
      AND NOT list_has_any(disputes_about, ['all', wanted.remedy])
      AND NOT list_has_any(hearings_pending_about, [wanted.remedy, 'notice_of_debt']) AS counts
  FROM told
  CROSS JOIN wanted
),
part AS (
  SELECT
    *,
    CASE
      WHEN counts AND remedy IN ('lottery_setoff', 'gambling_registry') THEN won_from_cents
      WHEN counts THEN gated_cents
      WHEN NOT counts THEN 0
    END                                                                           AS cents
  FROM judged
)
SELECT
  person_id,
  remedy,
  CAST(CASE WHEN count(*) = count(cents) THEN sum(cents) END AS BIGINT)           AS debt_cents,
  coalesce(list(case_id ORDER BY case_id) FILTER (counts), CAST([] AS VARCHAR[])) AS cases_counted
FROM part
GROUP BY person_id, remedy
