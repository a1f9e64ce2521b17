-- title: Main figures of each document
-- grain: doc_id, path, fiscal_year, stage, measure
-- sums: none
-- description: One row a document, measure and year for which it prints one, in yuan: the totals of its tables, or where a table has none those of the next best. A budget's income has the carry-over in it, a final account's has not. Personnel and public are those of general public money.
-- chart: none
WITH found AS (
  SELECT
    doc_id, path, fiscal_year, stage, line, amount,
    CASE
      WHEN "table" IN ('income', 'summary') AND flow = 'income' AND fund = 'all'
        AND row_role = 'total' AND period = 'all' AND label NOT LIKE '本年%' THEN 'income'
      WHEN "table" = 'expenditure' AND fund = 'all' AND row_role = 'total' AND period = 'all'
        AND nature = 'all' THEN 'expenditure'
      WHEN "table" = 'summary' AND flow = 'expenditure' AND fund = 'all'
        AND (row_role = 'total' OR label = '本年支出合计') AND period = 'all' THEN 'expenditure'
      WHEN "table" IN ('income', 'summary') AND flow = 'income' AND fund = 'all'
        AND row_role = 'total' AND period = 'current' THEN 'current'
      WHEN "table" = 'summary' AND label = '本年收入合计' AND period <> 'carryover' THEN 'current'
      WHEN "table" IN ('income', 'summary') AND flow = 'income' AND fund = 'all'
        AND row_role = 'total' AND period = 'carryover' THEN 'carryover'
      WHEN "table" = 'summary' AND flow = 'income' AND period = 'all'
        AND (label LIKE '上年结转%' OR label LIKE '年初结转%') THEN 'carryover'
      WHEN "table" = 'summary' AND flow = 'expenditure' AND period = 'all'
        AND (label LIKE '年末结转%' OR label LIKE '年终结转%' OR label LIKE '结转下年%')
        THEN 'closing'
      WHEN "table" = 'expenditure' AND row_role = 'total' AND period = 'all' AND fund = 'all'
        AND nature IN ('basic', 'project') THEN nature
      WHEN "table" IN ('general_basic', 'general_expenditure') AND row_role = 'total'
        AND period = 'all' AND nature IN ('personnel', 'public') THEN nature
      WHEN "table" = 'three_public' AND code = 'total' THEN 'three_public'
      WHEN "table" = 'three_public' AND code IN ('abroad', 'reception', 'vehicles',
        'vehicle_purchase', 'vehicle_operation', 'operating_costs') THEN code
      WHEN "table" = 'operating_costs' AND row_role = 'total' THEN 'operating_costs'
      WHEN "table" = 'procurement' AND row_role = 'total' AND period = 'all' THEN 'procurement'
      WHEN "table" = 'commissioned_services' AND row_role = 'total' AND period = 'all'
        AND fund = 'fiscal' THEN 'commissioned_services'
    END AS measure,
    CASE
      WHEN "table" IN ('income', 'expenditure', 'general_basic', 'operating_costs') THEN 1
      WHEN "table" = 'summary' AND label = '本年支出合计' THEN 2
      WHEN "table" = 'summary' AND label = '本年收入合计' AND period = 'current' THEN 2
      WHEN "table" = 'summary' AND row_role = 'total' THEN 3
      ELSE 4
    END AS choice
  FROM amounts
),
chosen AS (
  SELECT
    doc_id, path, fiscal_year, stage, measure, amount, line,
    ROW_NUMBER() OVER (
      PARTITION BY doc_id, path, fiscal_year, stage, measure ORDER BY choice, 0 - amount, line
    ) AS nth
  FROM found WHERE measure IS NOT NULL
)
SELECT doc_id, path, fiscal_year, stage, measure, amount, line
FROM chosen WHERE nth = 1
ORDER BY doc_id, path, fiscal_year, stage, measure
