-- One row per thing that a parent told: who, how, what kind, about whom. Nothing they wrote is taken over.
SELECT
  tip.source_line,
  tip.tip_id,
  tip.case_id,
  tip.person_id,
  tip.told_by,
  tip.channel,
  tip.kind,
  tip.about,
  tip.received_on,
  tip.has_evidence = 'Y' AS has_evidence
FROM tip
