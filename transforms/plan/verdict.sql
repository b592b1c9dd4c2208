-- One row per remedy and subject: what tonight's three questions (may it begin, may it go on, must it
-- be taken back) answered, side by side.
SELECT
  enter.remedy,
  enter.subject_id,
  enter.case_id,
  enter.person_id,
  enter.office,
  enter.worker,
  enter.verdict       AS enter_verdict,
  enter.because       AS enter_because,
  enter.readings_differ,
  stay.verdict        AS stay_verdict,
  stay.because        AS stay_because,
  release.verdict     AS release_verdict,
  release.because     AS release_because,
  release.readings_differ AS release_readings_differ,
  enter.amount_cents,
  enter.facts_hash
FROM verdicts.enter AS enter
JOIN verdicts.stay AS stay USING (remedy, subject_id)
JOIN verdicts.release AS release USING (remedy, subject_id)
