-- title: Functional classes by unit and year
-- grain: unit_name, fiscal_year, stage, doc_id, path, class_code
-- description: What a document spends on each functional class (类), summed from its lowest rows: of the 支出总表 (fund all), or where that holds no such row of the 一般公共预算支出表 (fund general). Rows that resolve to no class stand together without a code.
-- chart: bar x=class_name y=amount series=fiscal_year
WITH lines AS (
  SELECT
    f.doc_id, f.path, a."table", a.class_code, a.label, a.nature, a.is_leaf, a.amount,
    MAX(CASE WHEN a."table" = 'expenditure' AND a.is_leaf THEN 1 ELSE 0 END)
      OVER (PARTITION BY f.doc_id, f.path) AS has_expenditure
  FROM amounts a
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a.period = 'all'
    AND ((a."table" = 'expenditure' AND a.fund = 'all')
      OR (a."table" = 'general_expenditure' AND a.fund = 'general'))
),
classes AS (
  SELECT
    doc_id, path, SUBSTR(class_code, 1, 3) AS class_code,
    MAX(CASE WHEN LENGTH(class_code) = 3 THEN label END) AS class_name,
    MIN(CASE WHEN "table" = 'expenditure' THEN 'all' ELSE 'general' END) AS fund,
    SUM(CASE WHEN is_leaf AND nature = 'all' THEN amount END) AS amount,
    SUM(CASE WHEN is_leaf AND nature = 'basic' THEN amount END) AS basic,
    SUM(CASE WHEN is_leaf AND nature = 'project' THEN amount END) AS project,
    SUM(CASE WHEN is_leaf THEN 1 ELSE 0 END) AS figures
  FROM lines
  WHERE "table" = 'expenditure' OR has_expenditure = 0
  GROUP BY doc_id, path, SUBSTR(class_code, 1, 3)
)
SELECT
  f.unit_name, f.fiscal_year, f.stage, f.scope, f.parent_name, f.region,
  f.counted, c.class_code, c.class_name, c.fund, c.amount, c.basic, c.project, f.doc_id, f.path
FROM classes c
JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
WHERE c.figures > 0
ORDER BY unit_name, fiscal_year, stage, doc_id, path, class_code
