-- One row per remedy and subject that tonight can be about: what its three questions (may it begin, may it go on,
-- must it be taken back) answered, side by side, and a hash of the facts on which that rests.
SELECT
  watched.* EXCLUDE (is_told),
  subject.facts_hash
FROM card.watched AS watched
LEFT JOIN card.subject AS subject USING (remedy, subject_id)
