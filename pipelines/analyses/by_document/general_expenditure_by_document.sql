-- title: Functional classes of general public money that each document prints
-- grain: doc_id, path, fiscal_year, stage, class_code
-- sums: none
-- description: What the 一般公共预算支出表 of a document prints for each functional class and in all (no code), for every year and stage for which it prints one, in yuan; and how much of the budget was carried out in per cent, as the text says (`printed_execution`).
-- chart: none
WITH printed AS (
  SELECT
    s.doc_id, s.path, COALESCE(s.class_code, '') AS class_code, MAX(s.value) AS printed_execution
  FROM statements s
  WHERE s.kind = 'share' AND s."of" = 'budget'
    AND (s.class_code IS NOT NULL OR s.topic IN ('fund', 'expenditure_total', 'total'))
  GROUP BY s.doc_id, s.path, COALESCE(s.class_code, '')
),
lines AS (
  SELECT
    doc_id, path, fiscal_year, stage, COALESCE(class_code, '') AS class_code,
    MAX(label) AS class_name, MAX(amount) AS amount, MIN(line) AS line
  FROM amounts
  WHERE "table" = 'general_expenditure' AND fund = 'general' AND period = 'all'
    AND nature = 'all' AND (class_code IS NOT NULL OR row_role = 'total')
  GROUP BY doc_id, path, fiscal_year, stage, COALESCE(class_code, '')
)
SELECT
  l.doc_id, l.path, l.fiscal_year, l.stage, NULLIF(l.class_code, '') AS class_code, l.class_name,
  l.amount, CAST(p.printed_execution AS DECIMAL(20,2)) AS printed_execution, l.line
FROM lines l
LEFT JOIN printed p ON p.doc_id = l.doc_id AND p.path = l.path AND p.class_code = l.class_code
ORDER BY doc_id, path, fiscal_year, stage, class_code
