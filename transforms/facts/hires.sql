-- One row per line of a file that tells of a hire, whoever it comes from: the national directory, the state's own, or an
-- employer's report to the state. A source that cannot be read to its end may lack the day, or who the employer is.
SELECT
  'employer_new_hires' AS feed, source_file, source_line, hired_on, employer_fein AS fein, employer_name AS payor_name,
  employer_street AS line_1, employer_city AS city, employer_state AS state, employer_zip AS zip,
  'employer_new_hires.employer_new_hires@' || source_file || ':' || source_line AS src
FROM staging.employer_new_hires
UNION ALL BY NAME
SELECT
  'state_directory_hires' AS feed, source_file, source_line, hired_on, employer_fein AS fein, employer_name AS payor_name,
  employer_street AS line_1, employer_city AS city, employer_state AS state, employer_zip AS zip,
  'state_directory_hires.state_directory_hires@' || source_file || ':' || source_line AS src
FROM staging.state_directory_hires
UNION ALL BY NAME
SELECT
  'maine_new_hires' AS feed, source_file, source_line, hired_on, employer_fein AS fein, employer_name AS payor_name,
  employer_street AS line_1, employer_city AS city, employer_state AS state, employer_zip AS zip,
  'maine_new_hires.maine_new_hires@' || source_file || ':' || source_line AS src
FROM staging.maine_new_hires
UNION ALL BY NAME
SELECT
  'massachusetts_new_hires' AS feed, source_file, source_line, hired_on, employer_fein AS fein, employer_name AS payor_name,
  employer_street AS line_1, employer_city AS city, employer_state AS state, employer_zip AS zip,
  'massachusetts_new_hires.massachusetts_new_hires@' || source_file || ':' || source_line AS src
FROM staging.massachusetts_new_hires
UNION ALL BY NAME
SELECT
  'common_new_hires' AS feed, source_file, source_line, hired_on, employer_fein AS fein, employer_name AS payor_name,
  employer_street AS line_1, employer_city AS city, employer_state AS state, employer_zip AS zip,
  'common_new_hires.common_new_hires@' || source_file || ':' || source_line AS src
FROM staging.common_new_hires
