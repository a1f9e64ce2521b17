-- title: Functional classes by unit and year
-- grain: unit_id, scope, fiscal_year, stage, class_code, fund
-- sums: amount, basic, project
-- description: What a unit spends on each functional class (类), in yuan, summed from the lowest rows of its latest document: of the 支出总表 (fund all), or where that holds no such row of the 一般公共预算支出表 (fund general). Rows that resolve to no class stand together without a code. Sums over rows are true: a department's rows are without those of its units that publish for themselves, which `printed_amount` has in it.
-- chart: bar x=class_name y=amount series=fiscal_year
WITH classes AS (
  SELECT
    c.doc_id, c.path, COALESCE(c.class_code, '') AS class_code, c.class_name, c.fund, c.amount,
    c.basic, c.project
  FROM function_classes_by_document c
  JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
  WHERE f.is_latest
),
-- A department's document loses what documents of its units say of the same fund.
spoken AS (
  SELECT doc_id, path, fund FROM classes GROUP BY doc_id, path, fund
),
signed AS (
  SELECT
    doc_id, path, class_code, class_name, fund, amount, basic, project, amount AS printed_amount
  FROM classes
  UNION ALL
  SELECT
    s.doc_id, s.path, c.class_code, c.class_name, c.fund, 0 - c.amount AS amount,
    0 - c.basic AS basic, 0 - c.project AS project,
    CAST(NULL AS DECIMAL(20,2)) AS printed_amount
  FROM classes c
  JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
  JOIN spoken s ON s.doc_id = f.inside_doc_id AND s.path = f.inside_path AND s.fund = c.fund
  WHERE f.in_department
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
