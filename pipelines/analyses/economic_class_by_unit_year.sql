-- title: Economic classes by unit and year
-- grain: unit_name, fiscal_year, stage, doc_id, path, class_code
-- description: What a document spends on each economic class (类) of its basic expenditure out of general public money, summed from the lowest rows of the 一般公共预算基本支出表. Rows that resolve to no class stand together without a code.
-- chart: bar x=class_name y=amount series=fiscal_year
WITH classes AS (
  SELECT
    f.doc_id, f.path, SUBSTR(a.class_code, 1, 3) AS class_code,
    MAX(CASE WHEN LENGTH(a.class_code) = 3 THEN a.label END) AS class_name,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'basic' THEN a.amount END) AS basic,
    SUM(CASE WHEN a.is_leaf AND a.nature IN ('personnel', 'public') THEN a.amount END) AS parts,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'personnel' THEN a.amount END) AS personnel,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'public' THEN a.amount END) AS public,
    SUM(CASE WHEN a.is_leaf THEN 1 ELSE 0 END) AS figures
  FROM amounts a
  JOIN filings f ON a.doc_id = f.doc_id AND a.path = f.path
  WHERE (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a."table" = 'general_basic' AND a.period = 'all'
  GROUP BY f.doc_id, f.path, SUBSTR(a.class_code, 1, 3)
)
SELECT
  f.unit_name, f.fiscal_year, f.stage, f.scope, f.parent_name, f.region,
  f.counted, c.class_code, c.class_name, COALESCE(c.basic, c.parts) AS amount, c.personnel,
  c.public, f.doc_id, f.path
FROM classes c
JOIN filings f ON f.doc_id = c.doc_id AND f.path = c.path
WHERE c.figures > 0
ORDER BY unit_name, fiscal_year, stage, doc_id, path, class_code
