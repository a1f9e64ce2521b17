-- title: Disclosure quality
-- grain: unit_id, fiscal_year, stage, doc_id, path
-- sums: none
-- description: One row a document: how many of the nine statutory tables it has, how many of its identities hold, are within rounding, fail or could not be checked, how many of its figures are proved by at least one, its errors and notices, and how many of its printed numbers became no data. `proved_share` and `held_share` are per cent.
-- chart: bar x=unit_name y=held_share
WITH owed AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN outcome = 'exact' THEN 1 ELSE 0 END) AS exact,
    SUM(CASE WHEN outcome = 'rounding' THEN 1 ELSE 0 END) AS rounding,
    SUM(CASE WHEN outcome = 'fails' THEN 1 ELSE 0 END) AS fails,
    SUM(CASE WHEN outcome = 'unchecked' THEN 1 ELSE 0 END) AS unchecked
  FROM checks_between GROUP BY doc_id, path
),
found AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN severity = 'error' THEN 1 ELSE 0 END) AS errors,
    SUM(CASE WHEN severity = 'notice' THEN 1 ELSE 0 END) AS notices
  FROM findings_between GROUP BY doc_id, path
),
counts AS (
  SELECT
    q.doc_id, q.path, q.statutory,
    CAST(q.exact + COALESCE(o.exact, 0) AS INTEGER) AS exact,
    CAST(q.rounding + COALESCE(o.rounding, 0) AS INTEGER) AS rounding,
    CAST(q.fails + COALESCE(o.fails, 0) AS INTEGER) AS fails,
    CAST(q.unchecked + COALESCE(o.unchecked, 0) AS INTEGER) AS unchecked,
    q.figures, q.proved,
    CAST(q.errors + COALESCE(e.errors, 0) AS INTEGER) AS errors,
    CAST(q.notices + COALESCE(e.notices, 0) AS INTEGER) AS notices
  FROM quality_by_document q
  LEFT JOIN owed o ON o.doc_id = q.doc_id AND o.path = q.path
  LEFT JOIN found e ON e.doc_id = q.doc_id AND e.path = q.path
)
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.scope, f.region, f.is_latest,
  c.statutory AS statutory_tables, c.exact, c.rounding, c.fails, c.unchecked,
  CASE WHEN c.exact + c.rounding + c.fails > 0 THEN CAST(ROUND(
    CAST(c.exact + c.rounding AS DOUBLE) / NULLIF(c.exact + c.rounding + c.fails, 0) * 100, 2)
    AS DECIMAL(20,2)) END AS held_share,
  c.figures,
  CASE WHEN c.figures > 0 THEN CAST(ROUND(
    CAST(c.proved AS DOUBLE) / NULLIF(c.figures, 0) * 100, 2) AS DECIMAL(20,2)) END AS proved_share,
  c.errors, c.notices, d.numbers, d.numbers_unread, f.doc_id, f.path
FROM filings f
JOIN documents d ON d.doc_id = f.doc_id AND d.path = f.path
JOIN counts c ON c.doc_id = f.doc_id AND c.path = f.path
ORDER BY unit_id, fiscal_year, stage, doc_id, path
