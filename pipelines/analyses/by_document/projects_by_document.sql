-- title: Projects of each document
-- grain: doc_id, path, line, position
-- sums: none
-- description: One row a project of the 项目支出表 of a document, for its own year and stage, in yuan. Current and carry-over are those of all money where the table prints them, else the sum of the three kinds of appropriation. `share` is its part of all projects of the document in per cent, `rank` its place by amount, `cumulative_share` that of it and all larger ones.
-- chart: none
WITH projects AS (
  SELECT
    a.doc_id, a.path, a.line, a."row" AS position, a.label AS project, a.code, a.row_unit,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'all' THEN a.amount END) AS amount,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'current' THEN a.amount END) AS current_all,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'carryover' THEN a.amount END) AS carryover_all,
    SUM(CASE WHEN a.fund IN ('general', 'government_fund', 'state_capital')
      AND a.period = 'current' THEN a.amount END) AS current_parts,
    SUM(CASE WHEN a.fund IN ('general', 'government_fund', 'state_capital')
      AND a.period = 'carryover' THEN a.amount END) AS carryover_parts
  FROM amounts a
  JOIN documents d ON a.doc_id = d.doc_id AND a.path = d.path
  WHERE (d.fiscal_year IS NULL OR a.fiscal_year = d.fiscal_year)
    AND (d.stage IS NULL OR a.stage = d.stage)
    AND a."table" = 'projects' AND a.is_leaf AND a.nature IN ('all', 'project')
  GROUP BY a.doc_id, a.path, a.line, a."row", a.label, a.code, a.row_unit
),
placed AS (
  SELECT
    projects.*,
    ROW_NUMBER() OVER (PARTITION BY doc_id, path ORDER BY 0 - amount, line, position) AS rank,
    SUM(amount) OVER (PARTITION BY doc_id, path) AS whole
  FROM projects
),
larger AS (
  SELECT a.doc_id, a.path, a.rank, SUM(b.amount) AS cumulative
  FROM placed a
  JOIN placed b ON b.doc_id = a.doc_id AND b.path = a.path AND b.rank <= a.rank
  GROUP BY a.doc_id, a.path, a.rank
)
SELECT
  p.doc_id, p.path, p.line, p.position, p.project, p.code, p.row_unit, p.amount,
  COALESCE(p.current_all, p.current_parts) AS current,
  COALESCE(p.carryover_all, p.carryover_parts) AS carryover, CAST(p.rank AS INTEGER) AS rank,
  CASE WHEN p.whole <> 0 THEN CAST(ROUND(
    CAST(p.amount AS DOUBLE) / NULLIF(CAST(p.whole AS DOUBLE), 0) * 100, 2) AS DECIMAL(20,2)) END AS share,
  CASE WHEN p.whole <> 0 THEN CAST(ROUND(
    CAST(l.cumulative AS DOUBLE) / NULLIF(CAST(p.whole AS DOUBLE), 0) * 100, 2) AS DECIMAL(20,2)) END
    AS cumulative_share
FROM placed p
LEFT JOIN larger l ON l.doc_id = p.doc_id AND l.path = p.path AND l.rank = p.rank
ORDER BY doc_id, path, line, position
