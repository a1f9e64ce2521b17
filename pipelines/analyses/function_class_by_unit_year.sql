-- title: Functional classes by unit and year
-- grain: unit_id, scope, fiscal_year, stage, class_code, fund
-- sums: amount, basic, project
-- description: What a unit spends on each functional class (类), in yuan, summed from the lowest rows of its latest document: of the 支出总表 (fund all), or where that holds no such row of the 一般公共预算支出表 (fund general). Rows that resolve to no class stand together without a code. Sums over rows are true: a department's rows are without those of its units that publish for themselves, which `printed_amount` has in it.
-- chart: bar x=class_name y=amount series=fiscal_year
WITH lines AS (
  SELECT
    a.doc_id, a.path, a."table", a.class_code, a.label, a.nature, a.is_leaf, a.amount,
    MAX(CASE WHEN a."table" = 'expenditure' AND a.is_leaf THEN 1 ELSE 0 END)
      OVER (PARTITION BY a.doc_id, a.path) AS has_expenditure
  FROM amounts a
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE f.is_latest AND (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a.period = 'all'
    AND ((a."table" = 'expenditure' AND a.fund = 'all')
      OR (a."table" = 'general_expenditure' AND a.fund = 'general'))
),
classes AS (
  SELECT
    doc_id, path, COALESCE(SUBSTR(class_code, 1, 3), '') AS class_code,
    MAX(CASE WHEN LENGTH(class_code) = 3 THEN label END) AS class_name,
    CASE WHEN "table" = 'expenditure' THEN 'all' ELSE 'general' END AS fund,
    SUM(CASE WHEN is_leaf AND nature = 'all' THEN amount END) AS amount,
    SUM(CASE WHEN is_leaf AND nature = 'basic' THEN amount END) AS basic,
    SUM(CASE WHEN is_leaf AND nature = 'project' THEN amount END) AS project,
    SUM(CASE WHEN is_leaf THEN 1 ELSE 0 END) AS figures
  FROM lines
  WHERE "table" = 'expenditure' OR has_expenditure = 0
  GROUP BY doc_id, path, COALESCE(SUBSTR(class_code, 1, 3), ''),
    CASE WHEN "table" = 'expenditure' THEN 'all' ELSE 'general' END
),
-- A department's document loses what documents of its units say of the same fund.
spoken AS (
  SELECT doc_id, path, fund FROM classes WHERE figures > 0 GROUP BY doc_id, path, fund
),
less AS (
  SELECT
    s.doc_id, s.path, c.class_code, c.class_name, c.fund, c.amount, c.basic, c.project
  FROM classes c
  JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
  JOIN spoken s ON s.doc_id = f.inside_doc_id AND s.path = f.inside_path AND s.fund = c.fund
  WHERE f.in_department AND c.figures > 0
),
signed AS (
  SELECT
    doc_id, path, class_code, class_name, fund, amount, basic, project,
    amount AS printed_amount
  FROM classes WHERE figures > 0
  UNION ALL
  SELECT
    doc_id, path, class_code, class_name, fund, 0 - amount AS amount, 0 - basic AS basic,
    0 - project AS project, CAST(NULL AS DECIMAL(20,2)) AS printed_amount
  FROM less
)
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.parent_id, f.parent_name, f.region,
  f.region_code, f.level, NULLIF(b.class_code, '') AS class_code,
  MAX(b.class_name) AS class_name, b.fund, SUM(b.amount) AS amount, SUM(b.basic) AS basic,
  SUM(b.project) AS project, SUM(b.printed_amount) AS printed_amount, f.doc_id, f.path
FROM signed b
JOIN filings f ON f.doc_id = b.doc_id AND f.path = b.path
GROUP BY f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.parent_id, f.parent_name,
  f.region, f.region_code, f.level, NULLIF(b.class_code, ''), b.fund, f.doc_id, f.path
ORDER BY unit_id, scope, fiscal_year, stage, class_code, fund
