-- One row per cycle in which an amount can fall due or be paid: how often that is in a year. No amount of one cycle is
-- added to, compared with or weighed against one of another before both are brought to the same by this table.
SELECT frequency, per_year
FROM (
  VALUES ('weekly', $weekly), ('biweekly', $biweekly), ('semimonthly', $semimonthly), ('monthly', $monthly),
    ('quarterly', $quarterly), ('annual', $annual)
) AS cycle(frequency, per_year)
