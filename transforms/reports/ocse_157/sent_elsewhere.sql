-- One row per case that was referred to another state in the period.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  string_agg('caseload.referrals@' || referrals.source_file || ':' || referrals.source_line, ';'
    ORDER BY referrals.source_file, referrals.source_line)     AS src
FROM caseload.cases AS cases
JOIN caseload.referrals AS referrals USING (case_id)
WHERE referrals.sent_on BETWEEN $from_on AND $to_on
GROUP BY ALL
