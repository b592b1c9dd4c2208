-- One row per case that the agency means to close or has closed, for the parent who has custody: when the letters went.
-- The ground stands in the letter alone.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  life.closing_letter_on,
  life.closing_second_letter_on,
  life.case_closed_on
FROM portal.party AS party
JOIN facts.life_facts AS life ON life.case_id = party.case_id
WHERE party.role = 'custodial'
  AND (life.closing_letter_on IS NOT NULL OR life.case_closed_on IS NOT NULL)
ORDER BY party.case_id, party.role
