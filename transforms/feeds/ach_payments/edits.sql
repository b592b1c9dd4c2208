-- One row per entry and per segment; the first true column is the reason it is set aside. A segment is of the nearest
-- entry above it, and that of the nearest batch, whether they can be read or not.
WITH
batches AS (
  SELECT source_line AS batch_line, sec_code, company_id, fault_reason AS batch_fault FROM typed_batch
),
entries AS (
  SELECT 'ccd' AS record, source_line AS entry_line, transaction_code, amount AS cents, trace_number,
    fault_reason AS entry_fault
  FROM typed_ccd
  UNION ALL
  SELECT 'ctx', source_line, transaction_code, total_amount, trace_number, fault_reason FROM typed_ctx
),
entry AS (
  SELECT *, row_number() OVER (PARTITION BY company_id, trace_number ORDER BY entry_line) <> 1 AS came_before
  FROM entries
  ASOF LEFT JOIN batches ON entries.entry_line > batches.batch_line
),
with_addenda AS (
  SELECT DISTINCT entry_line FROM typed_addenda AS addenda ASOF JOIN entry ON addenda.source_line > entry.entry_line
),
segment AS (
  SELECT source_line, segment_no, ded01_application_id, ded03_pay_date, ded04_amount, fault_reason FROM typed_ded
),
-- What its segments tell of an entry: with a fee, without one, and whether one of them cannot be read.
told AS (
  SELECT
    entry.entry_line,
    coalesce(sum(ded04_amount) FILTER (ded01_application_id IN ('RI', 'RT', 'RO')), 0)     AS fee_cents,
    coalesce(sum(ded04_amount) FILTER (ded01_application_id NOT IN ('RI', 'RT', 'RO')), 0) AS whole_cents,
    bool_or(fault_reason IS NOT NULL)                               AS has_fault
  FROM (
    SELECT source_line, ded01_application_id, ded04_amount, fault_reason FROM segment
    UNION ALL BY NAME
    SELECT source_line, fault_reason FROM typed_none
  ) AS each
  ASOF JOIN entry ON each.source_line > entry.entry_line
  GROUP BY entry.entry_line
)
SELECT
  'ded' AS record,
  segment.source_line,
  segment.segment_no,
  entry.entry_line IS NULL OR entry.entry_fault IS NOT NULL
    AS "its entry cannot be read",
  entry.batch_line IS NULL OR entry.batch_fault IS NOT NULL
    AS "its batch cannot be read",
  entry.sec_code NOT IN ('CCD', 'CTX')
    AS "its batch is of another class than CCD and CTX",
  -- The last digit of a code is from 5 on where money is taken.
  entry.transaction_code[-1] >= '5'
    AS "a debit: it takes money and brings none",
  entry.cents = 0
    AS "no money came with it",
  entry.came_before
    AS "the same trace number of the same company stands in the file before",
  NOT regexp_full_match(segment.ded03_pay_date, '[0-9]{6}|(18|19|20|21)[0-9]{6}')
    OR try_strptime(segment.ded03_pay_date, ['%y%m%d', '%Y%m%d']) IS NULL
    AS "the day of the pay is not written YYMMDD or CCYYMMDD",
  segment.ded04_amount = 0
    AS "nothing was collected",
  told.whole_cents > entry.cents
    OR (NOT told.has_fault AND told.fee_cents = 0 AND told.whole_cents < entry.cents)
    AS "the segments of its entry do not add up to what came, and no fee was kept back",
  told.fee_cents > 0 AND (told.whole_cents = entry.cents
    OR (NOT told.has_fault AND told.whole_cents + told.fee_cents < entry.cents))
    AS "the segments of its entry do not add up to what came, and a fee makes them more"
FROM segment
ASOF LEFT JOIN entry ON segment.source_line > entry.entry_line
LEFT JOIN told ON told.entry_line = entry.entry_line
WHERE segment.fault_reason IS NULL
UNION ALL BY NAME
SELECT
  entry.record,
  entry.entry_line AS source_line,
  CAST(NULL AS BIGINT) AS segment_no,
  with_addenda.entry_line IS NULL
    AS "no addenda follow it: a federal offset deposit, or money of which nothing says whose it is",
  with_addenda.entry_line IS NOT NULL AND told.entry_line IS NULL
    AS "no segment of its addenda says whose money it is"
FROM entry
LEFT JOIN with_addenda USING (entry_line)
LEFT JOIN told USING (entry_line)
WHERE entry.entry_fault IS NULL
