-- The records that leave. A record leaves whole or not at all: one stopped act keeps back the others that it would carry.
SELECT DISTINCT queue, record_no
FROM borne
ANTI JOIN (
  SELECT queue, record_no
  FROM borne
  ANTI JOIN (SELECT action_id FROM candidate WHERE reason IS NULL) AS going USING (action_id)
) AS broken USING (queue, record_no)
