-- One row per line of a partner's file and person of the caseload that it may be about: by number, or by the
-- state person number that the partner gives back. What agrees and what does not stands beside it.
WITH
by_number AS (
  SELECT
    arrivals.* EXCLUDE (person_id, last_folded, first_folded, birth_on),
    people.person_id,
    true                                                             AS number_agrees,
    people.number_is_shared,
    coalesce(arrivals.person_id <> people.person_id
      AND NOT coalesce(list_contains(people.keyed_as, arrivals.person_id), false), false) AS person_number_contradicts,
    coalesce(arrivals.person_id = people.person_id, false)           AS person_number_agrees,
    arrivals.last_folded, arrivals.first_folded, arrivals.birth_on,
    people.last_folded AS own_last, people.first_folded AS own_first, people.birth_on AS own_birth_on
  FROM match.arrivals AS arrivals
  JOIN match.people AS people USING (person_token)
),
by_person_number AS (
  SELECT
    arrivals.* EXCLUDE (person_id, last_folded, first_folded, birth_on),
    people.person_id,
    false                                                            AS number_agrees,
    false                                                            AS number_is_shared,
    false                                                            AS person_number_contradicts,
    true                                                             AS person_number_agrees,
    arrivals.last_folded, arrivals.first_folded, arrivals.birth_on,
    people.last_folded AS own_last, people.first_folded AS own_first, people.birth_on AS own_birth_on
  FROM match.arrivals AS arrivals
  JOIN match.people AS people USING (person_id)
  -- A feed that gives no number of a person answers by ours, whether or not the person's own one can be anybody's.
  WHERE NOT arrivals.number_is_impossible
    AND (people.person_token IS DISTINCT FROM arrivals.person_token OR arrivals.exact <> 'number_and_name')
),
pair AS (
  SELECT * FROM by_number
  UNION ALL BY NAME
  SELECT * FROM by_person_number
),
-- A name that fills the partner's field, or all of it but a blank at its end, may have been cut off there.
filled AS (
  SELECT
    pair.*,
    coalesce(list_bool_or(list_transform(reach.letters, lambda letters:
      name_letters = letters OR name_letters + 1 = letters)), false)                                AS is_cut
  FROM pair
  LEFT JOIN match.reach AS reach USING (feed)
),
spelled AS (
  -- An owner's name is one text, last name first or first name first; every place to cut it is tried.
  SELECT
    filled.*,
    CASE
      WHEN owner_words IS NULL THEN (last_folded = own_last OR (is_cut AND starts_with(own_last, last_folded)))
        AND (starts_with(first_folded, own_first) OR starts_with(own_first, first_folded))
      ELSE list_bool_or(list_transform(range(1, len(owner_words)), lambda cut:
        (array_to_string(owner_words[1:cut], '') = own_last
          AND (starts_with(owner_words[cut + 1], own_first) OR starts_with(own_first, owner_words[cut + 1])))
        OR ((array_to_string(owner_words[cut + 1:], '') = own_last
            OR (is_cut AND starts_with(own_last, array_to_string(owner_words[cut + 1:], ''))))
          AND (starts_with(owner_words[1], own_first) OR starts_with(own_first, owner_words[1])))))
    END AS agrees
  FROM filled
),
agreed AS (
  SELECT
    spelled.*,
    coalesce(agrees, false)                               AS name_agrees,
    coalesce(birth_on <> own_birth_on, false)             AS birth_date_contradicts
  FROM spelled
)
SELECT
  feed,
  source_file,
  source_line,
  person_id,
  exact,
  number_agrees,
  number_is_shared,
  person_number_contradicts,
  person_number_agrees,
  person_token IS NULL                                    AS number_is_missing,
  name_agrees,
  birth_date_contradicts,
  -- Whether all agrees that this feed must give before anything acts on its rows without a person.
  CASE exact
    WHEN 'number_and_name' THEN number_agrees AND name_agrees
      AND NOT number_is_shared AND NOT person_number_contradicts AND NOT birth_date_contradicts
    WHEN 'person_number_and_name' THEN person_number_agrees AND name_agrees AND NOT birth_date_contradicts
    WHEN 'person_number' THEN person_number_agrees
    ELSE false
  END                                                     AS is_exact,
  -- What the record says of a person beside the number, so that the same record is known in another file.
  sha256(concat_ws('|', coalesce(last_folded, ''), coalesce(first_folded, ''),
    coalesce(array_to_string(owner_words, ' '), ''), coalesce(CAST(birth_on AS VARCHAR), ''))) AS record_hash
FROM agreed
