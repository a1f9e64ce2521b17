-- title: Performance indicators of projects
-- grain: unit_id, fiscal_year, stage, doc_id, path, project
-- sums: none
-- description: One row a project with a performance form: its money in yuan, how many indicators it has, how many of them with a target in figures and with a result, and what their weights come to (100, or 90 where 10 are for the budget's execution).
-- chart: bar x=project y=indicators
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.doc_id, f.path, f.region,
  COALESCE(i.project, '') AS project, MAX(i.project_amount) AS project_amount,
  CAST(COUNT(*) AS INTEGER) AS indicators,
  CAST(SUM(CASE WHEN i.target_value IS NOT NULL THEN 1 ELSE 0 END) AS INTEGER) AS with_target,
  CAST(SUM(CASE WHEN i.actual IS NOT NULL THEN 1 ELSE 0 END) AS INTEGER) AS with_result,
  CAST(SUM(i.weight) AS DECIMAL(20,2)) AS weights, MIN(i.line) AS line
FROM indicators i
JOIN filings f ON f.doc_id = i.doc_id AND f.path = i.path
GROUP BY f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.doc_id, f.path, f.region,
  COALESCE(i.project, '')
ORDER BY unit_id, fiscal_year, stage, doc_id, path, project
