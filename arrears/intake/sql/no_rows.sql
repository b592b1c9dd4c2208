-- The rows of no feed: the columns that matching asks of a partner's row.
SELECT
  CAST(NULL AS VARCHAR) AS feed,
  CAST(NULL AS VARCHAR) AS source_file,
  CAST(NULL AS BIGINT)  AS source_line,
  CAST(NULL AS VARCHAR) AS exact,
  CAST(NULL AS VARCHAR) AS person_token,
  CAST(NULL AS BOOLEAN) AS number_is_impossible,
  CAST(NULL AS VARCHAR) AS person_id,
  CAST(NULL AS VARCHAR) AS last_name,
  CAST(NULL AS VARCHAR) AS first_name,
  CAST(NULL AS VARCHAR) AS whole_name,
  CAST(NULL AS DATE)    AS birth_on
WHERE false
