-- One row per record, under the number that counts for it, with the marks of what it tells kept beside it. Where a
-- record tells no name, its rows.sql says under which one the partner still knows the person.
SELECT drafted.* REPLACE (
  coalesce(identified.number, drafted.person_token) AS person_token,
  CAST(json_merge_patch(coalesce(TRY_CAST(drafted.carry AS JSON), '{}'), to_json({
    'person_token': coalesce(identified.number, drafted.person_token),
    'identity': {
      'number': coalesce(identified.number, drafted.person_token),
      'name': coalesce(TRY_CAST(drafted.carry AS JSON) -> 'identity' ->> 'name', identified.name),
      'birth': identified.birth}
  })) AS VARCHAR) AS carry)
FROM drafted
LEFT JOIN identified USING (record_no)
