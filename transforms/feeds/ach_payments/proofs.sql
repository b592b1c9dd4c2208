-- What batches and file count and sum, what entries say of their addenda, and addenda of their entry. What agrees is not told.
WITH
entry AS (
  SELECT ccd.source_line, CAST(ccd.rdfi AS BIGINT) AS bank, ccd.amount AS cents, ccd.transaction_code, ccd.trace_number,
    CAST(ccd.addenda_ind AS BIGINT) AS addenda_count
  FROM typed_ccd AS ccd
  UNION ALL
  SELECT ctx.source_line, CAST(ctx.rdfi AS BIGINT), ctx.total_amount, ctx.transaction_code, ctx.trace_number,
    CAST(ctx.addenda_count AS BIGINT)
  FROM typed_ctx AS ctx
),
-- The last digit of a code is from 5 on where money is taken.
part AS (
  SELECT source_line, bank, CASE WHEN transaction_code[-1] >= '5' THEN cents END AS debit,
    CASE WHEN transaction_code[-1] < '5' THEN cents END AS credit
  FROM entry
  UNION ALL BY NAME
  SELECT source_line FROM typed_addenda
),
whole AS (
  SELECT count(*) AS parts, coalesce(sum(bank), 0) AS banks, coalesce(sum(debit), 0) AS debits,
    coalesce(sum(credit), 0) AS credits
  FROM part
),
ends AS (
  SELECT batch_end.source_line AS end_line, batch_end.entry_addenda_count, batch_end.entry_hash, batch_end.total_debit,
    batch_end.total_credit, batch_end.batch_number
  FROM batch_end
),
batched AS (
  SELECT ends.end_line, count(*) AS parts, coalesce(sum(bank), 0) AS banks, coalesce(sum(debit), 0) AS debits,
    coalesce(sum(credit), 0) AS credits
  FROM part
  ASOF JOIN ends ON part.source_line < ends.end_line
  GROUP BY ends.end_line
),
closed AS (
  SELECT ends.*, coalesce(parts, 0) AS parts, coalesce(banks, 0) AS banks, coalesce(debits, 0) AS debits,
    coalesce(credits, 0) AS credits, batch.batch_number AS begun
  FROM ends
  LEFT JOIN batched USING (end_line)
  ASOF LEFT JOIN batch ON ends.end_line > batch.source_line
),
added AS (
  SELECT entry.source_line AS entry_line, entry.trace_number, addenda.addenda_sequence, addenda.entry_detail_sequence,
    row_number() OVER (PARTITION BY entry.source_line ORDER BY addenda.source_line) AS place
  FROM typed_addenda AS addenda
  ASOF JOIN entry ON addenda.source_line > entry.source_line
),
follow AS (
  SELECT entry.source_line, entry.addenda_count, count(added.entry_line) AS addenda
  FROM entry LEFT JOIN added ON added.entry_line = entry.source_line
  GROUP BY ALL
),
said AS (
  SELECT 'entries and addenda of the batch that ends at line ' || end_line AS what,
    CAST(entry_addenda_count AS BIGINT) AS told, parts AS found
  FROM closed
  UNION ALL
  -- Of a sum of banks the last digits stand there, as many as there is room for.
  SELECT 'as sum of the banks of the batch that ends at line ' || end_line,
    CAST(entry_hash AS BIGINT), CAST(right(CAST(banks AS VARCHAR), length(entry_hash)) AS BIGINT)
  FROM closed
  UNION ALL
  SELECT 'cents of debits in the batch that ends at line ' || end_line, total_debit, debits FROM closed
  UNION ALL
  SELECT 'cents of credits in the batch that ends at line ' || end_line, total_credit, credits FROM closed
  UNION ALL
  SELECT 'as number of the batch that ends at line ' || end_line, CAST(batch_number AS BIGINT), CAST(begun AS BIGINT)
  FROM closed
  UNION ALL
  SELECT 'ends of batches', (SELECT count(*) FROM typed_batch), (SELECT count(*) FROM batch_end)
  UNION ALL
  SELECT 'entries and addenda', CAST(trailer.entry_addenda_count AS BIGINT), whole.parts FROM trailer CROSS JOIN whole
  UNION ALL
  SELECT 'as sum of the banks', CAST(trailer.entry_hash AS BIGINT),
    CAST(right(CAST(whole.banks AS VARCHAR), length(trailer.entry_hash)) AS BIGINT)
  FROM trailer CROSS JOIN whole
  UNION ALL
  SELECT 'cents of debits', trailer.total_debit, whole.debits FROM trailer CROSS JOIN whole
  UNION ALL
  SELECT 'cents of credits', trailer.total_credit, whole.credits FROM trailer CROSS JOIN whole
  UNION ALL
  -- The last block may be filled up with lines of nines, or not.
  SELECT 'blocks', CAST(trailer.block_count AS BIGINT),
    (trailer.source_line - 1) // CAST(header.blocking_factor AS BIGINT) + 1
  FROM trailer CROSS JOIN header
  UNION ALL
  SELECT 'addenda of the entry at line ' || source_line, addenda_count, addenda FROM follow
  UNION ALL
  SELECT 'addenda that name another entry than the one above them', 0,
    count(*) FILTER (entry_detail_sequence <> right(trace_number, length(entry_detail_sequence)))
  FROM added
  UNION ALL
  SELECT 'addenda that are not in their order', 0, count(*) FILTER (CAST(addenda_sequence AS BIGINT) <> place) FROM added
)
SELECT what, CAST(told AS BIGINT) AS told, CAST(found AS BIGINT) AS found
FROM said
WHERE told IS DISTINCT FROM found
ORDER BY ALL
