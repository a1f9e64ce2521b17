-- title: Statutory tables that each document has
-- grain: unit_id, fiscal_year, stage, doc_id, path
-- sums: none
-- description: One row a document: how many figures each statutory table holds; figures that come from the text are in `amounts` alone. 0 is an empty table, no value is a table that the document has not or that was not recognised. `statutory` counts how many of the nine are there.
-- chart: none
WITH found AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN "table" = 'summary' THEN figures END) AS summary,
    SUM(CASE WHEN "table" = 'income' THEN figures END) AS income,
    SUM(CASE WHEN "table" = 'expenditure' THEN figures END) AS expenditure,
    SUM(CASE WHEN "table" = 'appropriation' THEN figures END) AS appropriation,
    SUM(CASE WHEN "table" = 'general_expenditure' THEN figures END) AS general_expenditure,
    SUM(CASE WHEN "table" = 'general_basic' THEN figures END) AS general_basic,
    SUM(CASE WHEN "table" = 'three_public' THEN figures END) AS three_public,
    SUM(CASE WHEN "table" = 'government_fund' THEN figures END) AS government_fund,
    SUM(CASE WHEN "table" = 'state_capital' THEN figures END) AS state_capital,
    SUM(CASE WHEN "table" = 'projects' THEN figures END) AS projects,
    COUNT(DISTINCT CASE WHEN "table" IN ('summary', 'income', 'expenditure', 'appropriation',
      'general_expenditure', 'general_basic', 'three_public', 'government_fund',
      'state_capital') THEN "table" END) AS statutory
  FROM tables
  GROUP BY doc_id, path
)
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.scope, f.region, f.counted,
  CAST(COALESCE(t.statutory, 0) AS INTEGER) AS statutory, d.amounts, d.gaps,
  t.summary, t.income, t.expenditure, t.appropriation, t.general_expenditure, t.general_basic,
  t.three_public, t.government_fund, t.state_capital, t.projects, f.doc_id, f.path
FROM filings f
JOIN documents d ON d.doc_id = f.doc_id AND d.path = f.path
LEFT JOIN found t ON t.doc_id = f.doc_id AND t.path = f.path
ORDER BY unit_id, fiscal_year, stage, doc_id, path
