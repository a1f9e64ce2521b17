-- title: Carry-over and its share
-- grain: unit_id, scope, fiscal_year, stage
-- sums: counted_carryover
-- description: What a unit carries over from the year before (上年结转, 年初结转和结余) in yuan, its share of all income in per cent, and the chain: what it leaves at the year's end (`closing`), and how far the opening is from what the final account of the year before left (`previous_closing`, `gap`). `counted_carryover` adds up over rows.
-- chart: line x=fiscal_year y=carryover series=unit_name
WITH wide AS (
  SELECT
    unit_id, unit_name, scope, fiscal_year, stage,
    MAX(CASE WHEN measure = 'carryover' THEN amount END) AS carryover,
    MAX(CASE WHEN measure = 'current' THEN amount END) AS current,
    MAX(CASE WHEN measure = 'income' THEN amount END) AS income,
    MAX(CASE WHEN measure = 'closing' THEN amount END) AS closing
  FROM unit_series
  WHERE measure IN ('carryover', 'current', 'income', 'closing')
  GROUP BY unit_id, unit_name, scope, fiscal_year, stage
),
closed AS (
  SELECT unit_id, scope, fiscal_year + 1 AS fiscal_year, closing AS previous_closing
  FROM wide WHERE stage = 'final' AND closing IS NOT NULL
),
chained AS (
  SELECT
    w.unit_id, w.unit_name, w.scope, w.fiscal_year, w.stage, w.carryover, w.closing,
    -- A final account's income has the carry-over beside it.
    CASE WHEN w.stage = 'final' THEN w.income + w.carryover
      ELSE COALESCE(w.income, w.current + w.carryover) END AS available,
    c.previous_closing
  FROM wide w
  LEFT JOIN closed c ON c.unit_id = w.unit_id AND c.scope = w.scope
    AND c.fiscal_year = w.fiscal_year
  WHERE w.carryover IS NOT NULL OR w.closing IS NOT NULL
)
SELECT
  h.unit_id, h.unit_name, h.scope, h.fiscal_year, h.stage, h.carryover, h.available,
  CASE WHEN h.available > 0 THEN CAST(ROUND(
    CAST(h.carryover AS DOUBLE) / NULLIF(CAST(h.available AS DOUBLE), 0) * 100, 2) AS DECIMAL(20,2)) END
    AS share,
  h.closing, h.previous_closing, h.carryover - h.previous_closing AS gap,
  o.carryover AS counted_carryover, o.region, o.doc_id, o.path
FROM chained h
LEFT JOIN unit_year_overview o ON o.unit_id = h.unit_id AND o.scope = h.scope
  AND o.fiscal_year = h.fiscal_year AND o.stage = h.stage
ORDER BY unit_id, scope, fiscal_year, stage
