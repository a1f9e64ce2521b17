-- title: Economic classes by unit and year
-- grain: unit_id, scope, fiscal_year, stage, class_code
-- sums: amount, personnel, public
-- description: What a unit spends on each economic class (类) of its basic expenditure out of general public money, in yuan, summed from the lowest rows of the 一般公共预算基本支出表 of its latest document. Rows that resolve to no class stand together without a code. Sums over rows are true: a department's rows are without those of its units that publish for themselves, which `printed_amount` has in it.
-- chart: bar x=class_name y=amount series=fiscal_year
WITH classes AS (
  SELECT
    c.doc_id, c.path, COALESCE(c.class_code, '') AS class_code, c.class_name, c.amount,
    c.personnel, c.public
  FROM economic_classes_by_document c
  JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
  WHERE f.is_latest
),
spoken AS (
  SELECT doc_id, path FROM classes GROUP BY doc_id, path
),
signed AS (
  SELECT
    doc_id, path, class_code, class_name, amount, personnel, public, amount AS printed_amount
  FROM classes
  UNION ALL
  SELECT
    s.doc_id, s.path, c.class_code, c.class_name, 0 - c.amount AS amount,
    0 - c.personnel AS personnel, 0 - c.public AS public,
    CAST(NULL AS DECIMAL(20,2)) AS printed_amount
  FROM classes c
  JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
  JOIN spoken s ON s.doc_id = f.inside_doc_id AND s.path = f.inside_path
  WHERE f.in_department
)
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.parent_id, f.parent_name, f.region,
  f.region_code, f.level, NULLIF(b.class_code, '') AS class_code,
  MAX(b.class_name) AS class_name, SUM(b.amount) AS amount, SUM(b.personnel) AS personnel,
  SUM(b.public) AS public, SUM(b.printed_amount) AS printed_amount, f.doc_id, f.path
FROM signed b
JOIN filings f ON f.doc_id = b.doc_id AND f.path = b.path
GROUP BY f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.parent_id, f.parent_name,
  f.region, f.region_code, f.level, NULLIF(b.class_code, ''), f.doc_id, f.path
ORDER BY unit_id, scope, fiscal_year, stage, class_code
