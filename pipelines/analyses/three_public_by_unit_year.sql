-- title: “三公” spending by unit and year
-- grain: unit_name, fiscal_year, stage, doc_id, path
-- description: The “三公” items that a document prints, in yuan. The year and stage are those of the figures: a final account also repeats the budget, which is then not counted.
-- chart: line x=fiscal_year y=total series=unit_name
WITH items AS (
  SELECT
    doc_id, path, fiscal_year, stage,
    MAX(CASE WHEN code = 'total' THEN amount END) AS total,
    MAX(CASE WHEN code = 'abroad' THEN amount END) AS abroad,
    MAX(CASE WHEN code = 'reception' THEN amount END) AS reception,
    MAX(CASE WHEN code = 'vehicles' THEN amount END) AS vehicles,
    MAX(CASE WHEN code = 'vehicle_purchase' THEN amount END) AS vehicle_purchase,
    MAX(CASE WHEN code = 'vehicle_operation' THEN amount END) AS vehicle_operation,
    MAX(CASE WHEN code = 'operating_costs' THEN amount END) AS operating_costs
  FROM amounts
  WHERE "table" = 'three_public'
  GROUP BY doc_id, path, fiscal_year, stage
)
SELECT
  f.unit_name, i.fiscal_year, i.stage, f.scope, f.parent_name, f.region,
  f.counted AND COALESCE(i.fiscal_year = f.fiscal_year, TRUE)
    AND COALESCE(i.stage = f.stage, TRUE) AS counted,
  i.total, i.abroad, i.reception, i.vehicles, i.vehicle_purchase, i.vehicle_operation,
  i.operating_costs, f.doc_id, f.path
FROM items i
JOIN filings f ON f.doc_id = i.doc_id AND f.path = i.path
ORDER BY unit_name, fiscal_year, stage, doc_id, path
