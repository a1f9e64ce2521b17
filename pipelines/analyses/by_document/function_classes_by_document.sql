-- title: Functional classes of each document
-- grain: doc_id, path, class_code, fund
-- sums: none
-- description: What a document prints for each functional class (类) of its own year and stage, in yuan, summed from the lowest rows: of the 支出总表 (fund all), or where that holds no such row of the 一般公共预算支出表 (fund general). Rows that resolve to no class stand together without a code.
-- chart: none
WITH lines AS (
  SELECT
    a.doc_id, a.path, a."table", a.class_code, a.label, a.nature, a.is_leaf, a.amount,
    MAX(CASE WHEN a."table" = 'expenditure' AND a.is_leaf THEN 1 ELSE 0 END)
      OVER (PARTITION BY a.doc_id, a.path) AS has_expenditure
  FROM amounts a
  JOIN documents d ON a.doc_id = d.doc_id AND a.path = d.path
  WHERE (d.fiscal_year IS NULL OR a.fiscal_year = d.fiscal_year)
    AND (d.stage IS NULL OR a.stage = d.stage)
    AND a.period = 'all'
    AND ((a."table" = 'expenditure' AND a.fund = 'all')
      OR (a."table" = 'general_expenditure' AND a.fund = 'general'))
)
SELECT
  doc_id, path, SUBSTR(class_code, 1, 3) AS class_code,
  MAX(CASE WHEN LENGTH(class_code) = 3 THEN label END) AS class_name,
  CASE WHEN "table" = 'expenditure' THEN 'all' ELSE 'general' END AS fund,
  SUM(CASE WHEN is_leaf AND nature = 'all' THEN amount END) AS amount,
  SUM(CASE WHEN is_leaf AND nature = 'basic' THEN amount END) AS basic,
  SUM(CASE WHEN is_leaf AND nature = 'project' THEN amount END) AS project
FROM lines
WHERE "table" = 'expenditure' OR has_expenditure = 0
GROUP BY doc_id, path, SUBSTR(class_code, 1, 3),
  CASE WHEN "table" = 'expenditure' THEN 'all' ELSE 'general' END
HAVING SUM(CASE WHEN is_leaf THEN 1 ELSE 0 END) > 0
ORDER BY doc_id, path, class_code, fund
