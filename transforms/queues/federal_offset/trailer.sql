-- One row: the control record, counted and summed over the case records as they were written.
SELECT
  partner.submitting_state,
  partner.control_literal,
  count(*) FILTER (case_type = 'A')                                                  AS tanf_count,
  count(*) FILTER (case_type = 'N')                                                  AS non_tanf_count,
  coalesce(sum(CAST(arrears_amount AS BIGINT)) FILTER (case_type = 'A'), 0)          AS tanf_amount,
  coalesce(sum(CAST(arrears_amount AS BIGINT)) FILTER (case_type = 'N'), 0)          AS non_tanf_amount
FROM partner
LEFT JOIN records ON true
GROUP BY ALL
