-- One row per document; the first true column is the reason it is set aside.
SELECT
  'document' AS record,
  source_line,
  match_code NOT IN ('18', '19') AND coalesce(ltrim(document_code, '0'), '') = ''
    AS "a match that does not say which document",
  match_code NOT IN ('18', '19') AND tax_year NOT BETWEEN '1990' AND '2099'
    AS "a document without its tax year"
FROM document
