-- State refunds set off this night: three in a hundred obligors of arrears cases.
SELECT person_of(obligor_p) AS n, '2' AS record_type, office_of(i) AS region_or_office,
  person_of(obligor_p) AS person_number, 1000 + dice('refund of ' || $night, i, 90000) AS payment_amount,
  'S' AS collection_type
FROM bulk WHERE obligor_i = i AND conduct IN ('partial', 'stopped', 'never')
  AND dice('refund ' || $night, i, 100) < 3
ORDER BY obligor_p LIMIT $most
