-- One row per answer of an institution to an order of ours.
SELECT
  source_line,
  reference,
  institution_tin,
  answered_on,
  CASE answer
    WHEN 'H' THEN 'held'
    WHEN 'N' THEN 'no_account'
    WHEN 'C' THEN 'closed'
    WHEN 'J' THEN 'joint'
    WHEN 'T' THEN 'trust'
    WHEN 'P' THEN 'protected_benefits'
    WHEN 'W' THEN 'another_person'
  END                     AS answer,
  held                    AS held_cents,
  delivered               AS delivered_cents,
  delivered_on
FROM answer
