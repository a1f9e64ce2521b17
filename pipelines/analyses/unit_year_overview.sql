-- title: Units by year
-- grain: unit_name, fiscal_year, stage, doc_id, path
-- description: One row a document: its totals in yuan for its own year and stage. Income and expenditure are the totals of their own tables, else of the 收支总表; a budget's income has the carry-over in it, a final account's has not. Personnel and public are those of general public money alone.
-- chart: line x=fiscal_year y=expenditure series=unit_name
WITH totals AS (
  SELECT
    f.doc_id, f.path, a."table", a.flow, a.code, a.label, a.fund, a.period, a.nature, a.row_role,
    a.amount
  FROM amounts a
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND (a.row_role = 'total' OR a.label LIKE '上年结转%' OR a.label LIKE '年初结转%')
),
figures AS (
  SELECT
    doc_id, path,
    MAX(CASE WHEN "table" = 'income' AND row_role = 'total' AND fund = 'all' AND period = 'all'
      THEN amount END) AS income_of_income,
    MAX(CASE WHEN "table" = 'summary' AND row_role = 'total' AND flow = 'income'
      AND period = 'all' THEN amount END) AS income_of_summary,
    MAX(CASE WHEN "table" = 'expenditure' AND row_role = 'total' AND fund = 'all'
      AND period = 'all' AND nature = 'all' THEN amount END) AS expenditure_of_expenditure,
    MAX(CASE WHEN "table" = 'summary' AND row_role = 'total' AND flow = 'expenditure'
      AND period = 'all' THEN amount END) AS expenditure_of_summary,
    MAX(CASE WHEN "table" = 'expenditure' AND row_role = 'total' AND period = 'all'
      AND nature = 'basic' THEN amount END) AS basic,
    MAX(CASE WHEN "table" = 'expenditure' AND row_role = 'total' AND period = 'all'
      AND nature = 'project' THEN amount END) AS project,
    MAX(CASE WHEN "table" = 'general_basic' AND row_role = 'total' AND nature = 'personnel'
      THEN amount END) AS personnel_of_basic,
    MAX(CASE WHEN "table" = 'general_expenditure' AND row_role = 'total' AND period = 'all'
      AND nature = 'personnel' THEN amount END) AS personnel_of_expenditure,
    MAX(CASE WHEN "table" = 'general_basic' AND row_role = 'total' AND nature = 'public'
      THEN amount END) AS public_of_basic,
    MAX(CASE WHEN "table" = 'general_expenditure' AND row_role = 'total' AND period = 'all'
      AND nature = 'public' THEN amount END) AS public_of_expenditure,
    MAX(CASE WHEN "table" = 'income' AND row_role = 'total' AND fund = 'all'
      AND period = 'carryover' THEN amount END) AS carryover_of_income,
    MAX(CASE WHEN "table" = 'summary' AND row_role = 'total' AND flow = 'income'
      AND period = 'carryover' THEN amount END) AS carryover_of_summary,
    MAX(CASE WHEN "table" = 'summary' AND flow = 'income' AND period = 'all'
      AND (label LIKE '上年结转%' OR label LIKE '年初结转%') THEN amount END) AS carryover_row,
    MAX(CASE WHEN "table" = 'three_public' AND code = 'total' THEN amount END) AS three_public
  FROM totals
  GROUP BY doc_id, path
)
SELECT
  f.unit_name, f.fiscal_year, f.stage, f.scope, f.parent_name, f.region,
  f.counted,
  COALESCE(g.income_of_income, g.income_of_summary) AS income,
  COALESCE(g.expenditure_of_expenditure, g.expenditure_of_summary) AS expenditure,
  g.basic, g.project,
  COALESCE(g.personnel_of_basic, g.personnel_of_expenditure) AS personnel,
  COALESCE(g.public_of_basic, g.public_of_expenditure) AS public,
  COALESCE(g.carryover_of_income, g.carryover_of_summary, g.carryover_row) AS carryover,
  g.three_public, f.doc_id, f.path
FROM filings f
LEFT JOIN figures g ON f.doc_id = g.doc_id AND f.path = g.path
ORDER BY unit_name, fiscal_year, stage, doc_id, path
