-- The records that leave. A record leaves whole or not at all: one stopped act keeps back the others that it would carry.
SELECT content.*
FROM content
ANTI JOIN (
  SELECT record_no
  FROM borne
  ANTI JOIN (SELECT action_id FROM candidate WHERE reason IS NULL) AS going USING (action_id)
) AS broken USING (record_no)
