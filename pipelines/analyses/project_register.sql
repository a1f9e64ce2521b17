-- title: Projects
-- grain: unit_id, fiscal_year, stage, doc_id, path, line, position
-- sums: amount, current, carryover
-- description: One row a project of the 项目支出表, in yuan, for the document's own year and stage. Sums over rows are true: units' own lists are left out where their department's document lists projects. Current and carry-over are those of all money where the table prints them, else the sum of the three kinds of appropriation. `share` is its part of all projects of the document in per cent, `rank` its place by amount, `cumulative_share` that of it and all larger ones: how far a few projects make up the whole.
-- chart: bar x=project y=amount series=unit_name
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
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE f.is_latest AND (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a."table" = 'projects' AND a.is_leaf AND a.nature IN ('all', 'project')
  GROUP BY a.doc_id, a.path, a.line, a."row", a.label, a.code, a.row_unit
),
listing AS (
  SELECT DISTINCT doc_id AS inside_doc_id, path AS inside_path FROM projects
),
counted AS (
  SELECT p.doc_id, p.path, p.line, p.position, p.project, p.code, p.row_unit, p.amount,
    COALESCE(p.current_all, p.current_parts) AS current,
    COALESCE(p.carryover_all, p.carryover_parts) AS carryover, f.unit_id AS publisher_id,
    f.unit_name AS publisher_name, f.fiscal_year, f.stage, f.scope, f.region
  FROM projects p
  JOIN filings f ON f.doc_id = p.doc_id AND f.path = p.path
  LEFT JOIN listing l ON l.inside_doc_id = f.inside_doc_id AND l.inside_path = f.inside_path
  WHERE l.inside_doc_id IS NULL
),
units_named AS (
  SELECT doc_id, path, name, MAX(unit_id) AS unit_id FROM unit_names
  WHERE role = 'project' GROUP BY doc_id, path, name
),
placed AS (
  SELECT
    c.*, COALESCE(n.unit_id, c.publisher_id) AS unit_id,
    ROW_NUMBER() OVER (
      PARTITION BY c.doc_id, c.path ORDER BY 0 - c.amount, c.line, c.position
    ) AS rank,
    SUM(c.amount) OVER (PARTITION BY c.doc_id, c.path) AS whole
  FROM counted c
  LEFT JOIN units_named n ON n.doc_id = c.doc_id AND n.path = c.path AND n.name = c.row_unit
),
larger AS (
  SELECT a.doc_id, a.path, a.rank, SUM(b.amount) AS cumulative
  FROM placed a
  JOIN placed b ON b.doc_id = a.doc_id AND b.path = a.path AND b.rank <= a.rank
  GROUP BY a.doc_id, a.path, a.rank
)
SELECT
  p.unit_id, COALESCE(u.name, p.publisher_name) AS unit_name, p.fiscal_year, p.stage, p.line,
  p.position, p.publisher_id, p.publisher_name, p.region, p.project, p.code, p.row_unit,
  p.amount, p.current, p.carryover, CAST(p.rank AS INTEGER) AS rank,
  CASE WHEN p.whole <> 0 THEN CAST(ROUND(
    CAST(p.amount AS DOUBLE) / NULLIF(CAST(p.whole AS DOUBLE), 0) * 100, 2) AS DECIMAL(20,2)) END AS share,
  CASE WHEN p.whole <> 0 THEN CAST(ROUND(
    CAST(l.cumulative AS DOUBLE) / NULLIF(CAST(p.whole AS DOUBLE), 0) * 100, 2) AS DECIMAL(20,2)) END
    AS cumulative_share,
  p.doc_id, p.path
FROM placed p
LEFT JOIN units u ON u.unit_id = p.unit_id
LEFT JOIN larger l ON l.doc_id = p.doc_id AND l.path = p.path AND l.rank = p.rank
ORDER BY unit_id, fiscal_year, stage, doc_id, path, line, position
