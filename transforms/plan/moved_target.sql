-- One row per person and license that a body was told of and that tonight's lists no longer give to that person: they
-- give it to somebody else, or a license of the same kind under another number. The silence of a list that is old or in
-- part unreadable, and a license that is only gone, prove nothing.
WITH
told AS (
  SELECT DISTINCT
    episodes.person_id,
    sent.target_id,
    regexp_replace(sent.target_id, '^[^:]*:', '')                               AS license_number,
    CASE WHEN contains(sent.target_id, ':') THEN split_part(sent.target_id, ':', 1) ELSE 'driver' END AS given_by
  FROM plan.sent AS sent
  JOIN ledger.episodes AS episodes USING (episode_id)
  JOIN card.queue AS queue ON queue.queue = sent.queue AND queue.holds_target
  JOIN facts.known AS known ON known.licenses AND NOT list_contains(known.lost, 'licenses')
),
own AS (
  SELECT person_id, license_number
  FROM caseload.licenses
  UNION
  -- One that is listed for the same person under another person number is still theirs.
  SELECT same.other_id, licenses.license_number
  FROM caseload.licenses AS licenses
  JOIN facts.same_people AS same USING (person_id)
)
SELECT told.person_id, told.target_id
FROM told
ANTI JOIN own
  ON own.person_id = told.person_id AND own.license_number = told.license_number
ANTI JOIN plan.target AS known_target
  ON known_target.person_id = told.person_id AND known_target.target_id = told.target_id
WHERE EXISTS (
    SELECT 1 FROM caseload.licenses AS other
    WHERE other.license_number = told.license_number AND other.person_id <> told.person_id)
  OR EXISTS (
    SELECT 1 FROM caseload.licenses AS other
    WHERE other.person_id = told.person_id AND other.license_number <> told.license_number
      AND told.given_by IN (other.license_kind, other.board))
