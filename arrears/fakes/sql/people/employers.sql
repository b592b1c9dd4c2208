-- Employers of those who pay.
SELECT person_of(obligor_p) AS person_id, employer_fein_of(obligor_p) AS fein,
  employer_name_of(obligor_p) AS employer_name, first_due_on AS from_on, NULL AS to_on,
  CASE WHEN dice('float', i, 60) = 0 THEN current_cents ELSE 0 END AS withheld_not_sent_cents,
  $known_on AS known_on
FROM bulk
WHERE obligor_i = i AND conduct IN ('paying', 'partial') AND dice('employed', i, 10) < 6
