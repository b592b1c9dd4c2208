-- Every rejected row of some deliveries with its field, its reason and what stood there, masked; last came first.
SELECT
  rejects.feed,
  rejects.table_name,
  rejects.source_file,
  rejects.source_line,
  rejects.scope,
  rejects.field,
  rejects.reason,
  rejects.shown_value,
  parse_filename(parse_dirpath(filename)) AS delivery
FROM read_parquet($files, filename = true) AS rejects
ORDER BY list_position($deliveries, parse_filename(parse_dirpath(filename))), rejects.table_name, rejects.source_line, rejects.field
