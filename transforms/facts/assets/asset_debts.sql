-- One row per parent who owes and count of cases: the debt that counts for it, over their cases. Counted: true, not
-- counted: zero, and where either is not known, or the books do not agree, not known.
WITH
counted AS (
  SELECT *
  FROM (SELECT case_id, COLUMNS('^counts_for_(.*)$') AS '\1' FROM facts.case_counts) AS answer
  UNPIVOT INCLUDE NULLS (counts FOR counted_for IN (COLUMNS(* EXCLUDE (case_id))))
),
told AS (
  SELECT
    fact.person_id,
    fact.case_id,
    fact.collectable_cents,
    fact.enforceable_cents,
    counted.counted_for,
    counted.counts,
    -- Whether no more is taken than a notice of debt has stated.
    CAST(CASE WHEN counted.counted_for IN ('lottery', 'registry') THEN $must_be_liquidated ELSE $notice_gates END AS BOOLEAN)
                                                                                  AS is_liquidated_only
  FROM counted
  JOIN facts.case_facts AS fact USING (case_id)
),
part AS (
  SELECT
    *,
    CASE
      WHEN counts AND is_liquidated_only THEN collectable_cents
      WHEN counts AND NOT is_liquidated_only THEN enforceable_cents
      WHEN NOT counts THEN 0
    END                                                                           AS cents
  FROM told
)
SELECT
  person_id,
  counted_for,
  CAST(CASE WHEN count(*) = count(cents) THEN sum(cents) END AS BIGINT)           AS debt_cents,
  coalesce(list(case_id ORDER BY case_id) FILTER (counts), CAST([] AS VARCHAR[])) AS cases_counted
FROM part
GROUP BY person_id, counted_for
