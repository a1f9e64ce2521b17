-- title: Projects
-- grain: unit_name, fiscal_year, stage, doc_id, path, line, position
-- description: One row a project of the 项目支出表, in yuan, for the document's own year and stage. Current and carry-over are those of all money where the table prints them, else the sum of the three kinds of appropriation.
-- chart: bar x=project y=amount series=unit_name
WITH projects AS (
  SELECT
    f.doc_id, f.path, a.line, a."row" AS position, a.label AS project, a.code, a.row_unit,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'all' THEN a.amount END) AS amount,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'current' THEN a.amount END) AS current_all,
    MAX(CASE WHEN a.fund = 'all' AND a.period = 'carryover' THEN a.amount END) AS carryover_all,
    SUM(CASE WHEN a.fund IN ('general', 'government_fund', 'state_capital')
      AND a.period = 'current' THEN a.amount END) AS current_parts,
    SUM(CASE WHEN a.fund IN ('general', 'government_fund', 'state_capital')
      AND a.period = 'carryover' THEN a.amount END) AS carryover_parts
  FROM amounts a
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a."table" = 'projects' AND a.is_leaf AND a.nature IN ('all', 'project')
  GROUP BY f.doc_id, f.path, a.line, a."row", a.label, a.code, a.row_unit
)
SELECT
  f.unit_name, f.fiscal_year, f.stage, p.line, p.position, f.scope,
  f.parent_name, f.region, f.counted, p.project, p.code, p.row_unit, p.amount,
  COALESCE(p.current_all, p.current_parts) AS current,
  COALESCE(p.carryover_all, p.carryover_parts) AS carryover, f.doc_id, f.path
FROM projects p
JOIN filings f ON f.doc_id = p.doc_id AND f.path = p.path
ORDER BY unit_name, fiscal_year, stage, doc_id, path, line, position
