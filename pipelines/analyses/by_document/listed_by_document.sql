-- title: What departments' documents list
-- grain: doc_id, path, line, label, class_code, measure, fiscal_year, stage, amount
-- sums: none
-- description: The rows of the 收入总表 and 支出总表 of a department's document, in yuan: those that are named after a unit are what it prints of that unit. `measure` is the income, its current part and its carry-over, the expenditure, basic and project.
-- chart: none
SELECT DISTINCT
  a.doc_id, a.path, a.line, a.label, a.class_code,
  CASE
    WHEN a."table" = 'income' AND a.period = 'all' THEN 'income'
    WHEN a."table" = 'income' THEN a.period
    WHEN a.nature = 'all' THEN 'expenditure'
    ELSE a.nature
  END AS measure,
  a.fiscal_year, a.stage, a.amount
FROM amounts a
JOIN documents d ON d.doc_id = a.doc_id AND d.path = a.path
WHERE d.scope = 'department' AND a.fund = 'all'
  AND (a."table" = 'income'
    OR (a."table" = 'expenditure' AND a.period = 'all' AND a.nature IN ('all', 'basic', 'project')))
ORDER BY doc_id, path, line, label, class_code, measure, fiscal_year, stage, amount
