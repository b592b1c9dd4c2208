-- One row per parent who owes: the debt that the lottery, the registry of gambling licensees and the insurers' lien
-- network may know.
SELECT
  person.person_id                                                                AS subject_id,
  lottery.debt_cents                                                              AS lottery_cents,
  lottery.cases_counted                                                           AS lottery_cases_counted,
  registry.debt_cents                                                             AS registry_cents,
  registry.cases_counted                                                          AS registry_cases_counted,
  network.debt_cents                                                              AS network_cents,
  network.cases_counted                                                           AS network_cases_counted,
  person.has_payment_in_transit
FROM facts.asset_people AS person
JOIN facts.asset_debts AS lottery ON lottery.person_id = person.person_id AND lottery.counted_for = 'lottery'
JOIN facts.asset_debts AS registry ON registry.person_id = person.person_id AND registry.counted_for = 'registry'
JOIN facts.asset_debts AS network ON network.person_id = person.person_id AND network.counted_for = 'settlement'
