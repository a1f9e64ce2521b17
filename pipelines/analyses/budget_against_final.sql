-- title: Budget against final account
-- grain: unit_id, scope, fiscal_year, class_code
-- sums: none
-- description: For each functional class, and the whole (no code), of a unit and year: the budget of its own budget document or as the final account repeats it, the budget as adjusted, the final account, and how much of the budget was carried out in per cent: reckoned (`execution`), and as the text says (`printed_execution`, of whatever budget the text takes).
-- chart: bar x=class_name y=execution series=unit_name
WITH finals AS (
  SELECT unit_id, unit_name, scope, fiscal_year, region, doc_id, path
  FROM filings WHERE is_latest AND stage = 'final'
),
spoken AS (
  SELECT
    f.doc_id, f.path, n.unit_id, n.scope, n.fiscal_year,
    f.doc_id = n.doc_id AND f.path = n.path AS in_final
  FROM filings f
  JOIN finals n ON n.unit_id = f.unit_id AND n.scope = f.scope
  WHERE f.is_latest
),
lines AS (
  SELECT
    s.unit_id, s.scope, s.fiscal_year, COALESCE(a.class_code, '') AS class_code, a.stage,
    a.class_name, a.amount, a.printed_execution, s.in_final, a.line
  FROM general_expenditure_by_document a
  JOIN spoken s ON s.doc_id = a.doc_id AND s.path = a.path AND s.fiscal_year = a.fiscal_year
),
classes AS (
  SELECT
    unit_id, scope, fiscal_year, class_code, MAX(class_name) AS class_name,
    MAX(CASE WHEN stage = 'budget' AND NOT in_final THEN amount END) AS own_budget,
    MAX(CASE WHEN stage = 'budget' AND in_final THEN amount END) AS repeated_budget,
    MAX(CASE WHEN stage = 'adjusted_budget' THEN amount END) AS adjusted_budget,
    MAX(CASE WHEN stage = 'final' AND in_final THEN amount END) AS final,
    MAX(CASE WHEN stage = 'final' AND in_final THEN printed_execution END) AS printed_execution,
    MIN(CASE WHEN stage = 'final' AND in_final THEN line END) AS line
  FROM lines
  GROUP BY unit_id, scope, fiscal_year, class_code
)
SELECT
  n.unit_id, n.unit_name, n.scope, n.fiscal_year, NULLIF(c.class_code, '') AS class_code,
  c.class_name, n.region, COALESCE(c.own_budget, c.repeated_budget) AS budget,
  c.adjusted_budget, c.final,
  CASE WHEN COALESCE(c.own_budget, c.repeated_budget, c.adjusted_budget) <> 0 THEN CAST(ROUND(
    CAST(c.final AS DOUBLE)
    / NULLIF(CAST(COALESCE(c.own_budget, c.repeated_budget, c.adjusted_budget) AS DOUBLE), 0) * 100, 2)
    AS DECIMAL(20,2)) END AS execution,
  c.printed_execution, n.doc_id, n.path, c.line
FROM classes c
JOIN finals n ON n.unit_id = c.unit_id AND n.scope = c.scope AND n.fiscal_year = c.fiscal_year
WHERE c.final IS NOT NULL
ORDER BY unit_id, scope, fiscal_year, class_code
