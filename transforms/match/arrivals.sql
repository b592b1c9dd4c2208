-- One row per line of a partner's file: whom it says it is about, its name in the words in which it is compared.
-- A number that can be nobody's is no number.
SELECT
  told.* EXCLUDE (last_name, first_name, whole_name),
  nullif(array_to_string(last_name.words, ''), '')                  AS last_folded,
  nullif(array_to_string(first_name.words, ''), '')                 AS first_folded,
  owner.words                                                       AS owner_words,
  length(coalesce(last_name.name, owner.name))                      AS name_letters
FROM match.feed_rows AS told
LEFT JOIN match.names AS last_name ON last_name.name = told.last_name
LEFT JOIN match.names AS first_name ON first_name.name = told.first_name
LEFT JOIN match.names AS owner ON owner.name = told.whole_name
