-- title: Disclosure quality
-- grain: unit_id, fiscal_year, stage, doc_id, path
-- sums: none
-- description: One row a document: how many of the nine statutory tables it has, how many of its identities hold, are within rounding, fail or could not be checked, how many of its figures are proved by at least one, its errors and notices, and how many of its printed numbers became no data. `proved_share` and `held_share` are per cent.
-- chart: bar x=unit_name y=held_share
WITH statutory AS (
  SELECT doc_id, path, COUNT(DISTINCT "table") AS tables
  FROM tables
  WHERE "table" IN ('summary', 'income', 'expenditure', 'appropriation', 'general_expenditure',
    'general_basic', 'three_public', 'government_fund', 'state_capital')
  GROUP BY doc_id, path
),
outcomes AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN outcome = 'exact' THEN 1 ELSE 0 END) AS exact,
    SUM(CASE WHEN outcome = 'rounding' THEN 1 ELSE 0 END) AS rounding,
    SUM(CASE WHEN outcome = 'fails' THEN 1 ELSE 0 END) AS fails,
    SUM(CASE WHEN outcome = 'unchecked' THEN 1 ELSE 0 END) AS unchecked
  FROM checks GROUP BY doc_id, path
),
proved AS (
  SELECT
    doc_id, path, COUNT(*) AS figures,
    SUM(CASE WHEN verified_by > 0 THEN 1 ELSE 0 END) AS proved
  FROM amounts GROUP BY doc_id, path
),
found AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN severity = 'error' THEN 1 ELSE 0 END) AS errors,
    SUM(CASE WHEN severity = 'notice' THEN 1 ELSE 0 END) AS notices
  FROM findings GROUP BY doc_id, path
)
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.scope, f.region, f.is_latest,
  CAST(COALESCE(t.tables, 0) AS INTEGER) AS statutory_tables,
  CAST(COALESCE(o.exact, 0) AS INTEGER) AS exact,
  CAST(COALESCE(o.rounding, 0) AS INTEGER) AS rounding,
  CAST(COALESCE(o.fails, 0) AS INTEGER) AS fails,
  CAST(COALESCE(o.unchecked, 0) AS INTEGER) AS unchecked,
  CASE WHEN o.exact + o.rounding + o.fails > 0 THEN CAST(ROUND(
    CAST(o.exact + o.rounding AS DOUBLE) / NULLIF(o.exact + o.rounding + o.fails, 0) * 100, 2)
    AS DECIMAL(20,2)) END AS held_share,
  CAST(COALESCE(p.figures, 0) AS INTEGER) AS figures,
  CASE WHEN p.figures > 0 THEN CAST(ROUND(
    CAST(p.proved AS DOUBLE) / NULLIF(p.figures, 0) * 100, 2) AS DECIMAL(20,2)) END AS proved_share,
  CAST(COALESCE(e.errors, 0) AS INTEGER) AS errors,
  CAST(COALESCE(e.notices, 0) AS INTEGER) AS notices, d.numbers, d.numbers_unread,
  f.doc_id, f.path
FROM filings f
JOIN documents d ON d.doc_id = f.doc_id AND d.path = f.path
LEFT JOIN statutory t ON t.doc_id = f.doc_id AND t.path = f.path
LEFT JOIN outcomes o ON o.doc_id = f.doc_id AND o.path = f.path
LEFT JOIN proved p ON p.doc_id = f.doc_id AND p.path = f.path
LEFT JOIN found e ON e.doc_id = f.doc_id AND e.path = f.path
ORDER BY unit_id, fiscal_year, stage, doc_id, path
