-- title: Performance indicators of projects
-- grain: unit_id, fiscal_year, stage, doc_id, path, project
-- sums: none
-- description: One row a project with a performance form: its money in yuan, how many indicators it has, how many of them with a target in figures and with a result, and what their weights come to (100, or 90 where 10 are for the budget's execution).
-- chart: bar x=project y=indicators
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.doc_id, f.path, f.region, i.project,
  i.project_amount, i.indicators, i.with_target, i.with_result, i.weights, i.line
FROM indicators_by_document i
JOIN filings f ON f.doc_id = i.doc_id AND f.path = i.path
ORDER BY unit_id, fiscal_year, stage, doc_id, path, project
