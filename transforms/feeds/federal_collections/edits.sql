-- One row per collection; the first true column is the reason it is set aside.
SELECT
  'collection' AS record,
  collection.source_line,
  collection.collection_amount <> 0 AND collection.adjustment_amount <> 0
    AS "a collection and an adjustment in one record",
  collection.collection_amount = 0 AND collection.adjustment_amount = 0
    AS "neither a collection nor an adjustment",
  collection.collection_amount < 0 OR collection.adjustment_amount < 0
    AS "an amount below zero",
  collection.adjustment_amount <> 0 AND collection.adjustment_year IS NULL
    AS "an adjustment that does not name its year",
  collection.offset_type NOT IN ('TAX', 'ADM', 'RET', 'SAL', 'VEN', 'MPY')
    AS "a kind of offset that is not known",
  coalesce(collection.injured_spouse_ind NOT IN ('Y', 'N'), false)
    AS "a word on the injured spouse's claim that is not known"
FROM collection
