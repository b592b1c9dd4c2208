-- Each act of `$acts` with why it does not leave, or NULL: the one rule of the selection and of the last look before the
-- file is renamed. A doubt about a case reaches what is done in it, and what is done to its person for all of their cases.
SELECT
  COLUMNS(lambda name: name <> 'reason'),
  CASE
    WHEN 'step|' || act.episode_id || ':' || act.step IN (SELECT key FROM stop_word)
      OR coalesce(
        'hash|' || act.episode_id || ':' || act.step || ':' || act.facts_hash IN (SELECT key FROM stop_word), false)
      THEN $by_person
    WHEN act.remedy IN (SELECT remedy FROM aside_remedy)
      THEN $unproven || (SELECT min(why) FROM aside_remedy AS doubt WHERE doubt.remedy = act.remedy)
    WHEN act.lightens THEN $set_aside || act.record_doubt
    WHEN 'all|' || act.episode_id IN (SELECT key FROM stop_word)
      OR 'subject|' || act.remedy || ':' || act.subject_id IN (SELECT key FROM stop_word)
      THEN $by_person
    WHEN EXISTS (
      SELECT 1 FROM stop_pause AS pause WHERE pause.remedy IN ('', act.remedy) AND pause.office IN ('', act.office))
      THEN $paused
    WHEN coalesce(act.case_id IN (SELECT id FROM late_case), false)
      OR coalesce(act.person_id IN (SELECT id FROM late_person), false)
      THEN $news
    ELSE coalesce(
      $doubted || (
        SELECT min(why)
        FROM aside_subject AS doubt
        WHERE coalesce(doubt.subject_id IN (act.subject_id, act.case_id, act.person_id), false)
          OR coalesce(doubt.case_id = act.case_id, false)
          OR coalesce(doubt.person_id = act.person_id, false) AND (doubt.case_id IS NULL OR act.case_id IS NULL)),
      $set_aside || act.record_doubt)
  END AS reason
FROM query_table($acts) AS act
