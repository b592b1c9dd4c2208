-- Which record of which queue carries which act.
SELECT parse_filename(filename, true) AS queue, record_no, unnest(action_ids) AS action_id
FROM read_parquet($files, filename = true, union_by_name = true)
