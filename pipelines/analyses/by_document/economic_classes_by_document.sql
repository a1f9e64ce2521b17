-- title: Economic classes of each document
-- grain: doc_id, path, class_code
-- sums: none
-- description: What a document prints for each economic class (类) of its basic expenditure out of general public money, of its own year and stage, in yuan, summed from the lowest rows of the 一般公共预算基本支出表. Rows that resolve to no class stand together without a code.
-- chart: none
WITH classes AS (
  SELECT
    a.doc_id, a.path, SUBSTR(a.class_code, 1, 3) AS class_code,
    MAX(CASE WHEN LENGTH(a.class_code) = 3 THEN a.label END) AS class_name,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'basic' THEN a.amount END) AS basic,
    SUM(CASE WHEN a.is_leaf AND a.nature IN ('personnel', 'public') THEN a.amount END) AS parts,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'personnel' THEN a.amount END) AS personnel,
    SUM(CASE WHEN a.is_leaf AND a.nature = 'public' THEN a.amount END) AS public
  FROM amounts a
  JOIN documents d ON a.doc_id = d.doc_id AND a.path = d.path
  WHERE (d.fiscal_year IS NULL OR a.fiscal_year = d.fiscal_year)
    AND (d.stage IS NULL OR a.stage = d.stage)
    AND a."table" = 'general_basic' AND a.period = 'all'
  GROUP BY a.doc_id, a.path, SUBSTR(a.class_code, 1, 3)
  HAVING SUM(CASE WHEN a.is_leaf THEN 1 ELSE 0 END) > 0
)
SELECT
  doc_id, path, class_code, class_name, COALESCE(basic, parts) AS amount, personnel, public
FROM classes
ORDER BY doc_id, path, class_code
