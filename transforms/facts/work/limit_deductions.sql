-- One row per wage and kind of deduction: what is taken off the gross before anybody may garnish it.
SELECT
  wage.wage_id,
  deductions.kind,
  deductions.deducted_cents                                                AS cents
FROM facts.limit_wage AS wage
JOIN caseload.deductions AS deductions ON deductions.person_id || ':' || deductions.fein = wage.wage_id
