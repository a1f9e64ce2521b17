-- title: “三公” spending by unit and year
-- grain: unit_id, scope, fiscal_year, stage
-- sums: counted_total
-- description: The “三公” items of a unit in yuan, wherever `unit_series` knows them from, with the year before of the same stage and the staff that the document states. `counted_total` adds up over rows: it is without what units of a department publish themselves, and of each unit's own documents alone. A staff of several counts is that of people in post.
-- chart: line x=fiscal_year y=total series=unit_name
WITH items AS (
  SELECT
    unit_id, unit_name, scope, fiscal_year, stage,
    MAX(CASE WHEN measure = 'three_public' THEN amount END) AS total,
    MAX(CASE WHEN measure = 'abroad' THEN amount END) AS abroad,
    MAX(CASE WHEN measure = 'reception' THEN amount END) AS reception,
    MAX(CASE WHEN measure = 'vehicles' THEN amount END) AS vehicles,
    MAX(CASE WHEN measure = 'vehicle_purchase' THEN amount END) AS vehicle_purchase,
    MAX(CASE WHEN measure = 'vehicle_operation' THEN amount END) AS vehicle_operation,
    MIN(CASE WHEN measure = 'three_public' THEN source END) AS source
  FROM unit_series
  WHERE measure IN ('three_public', 'abroad', 'reception', 'vehicles', 'vehicle_purchase',
    'vehicle_operation')
  GROUP BY unit_id, unit_name, scope, fiscal_year, stage
),
before AS (
  SELECT unit_id, scope, fiscal_year + 1 AS fiscal_year, stage, total FROM items
)
SELECT
  i.unit_id, i.unit_name, i.scope, i.fiscal_year, i.stage, i.total, i.abroad, i.reception,
  i.vehicles, i.vehicle_purchase, i.vehicle_operation, i.source,
  b.total AS previous_total, i.total - b.total AS change, s.staff,
  CASE WHEN s.staff > 0 THEN CAST(ROUND(CAST(i.total AS DOUBLE) / NULLIF(s.staff, 0), 2) AS DECIMAL(20,2)) END
    AS total_per_head,
  o.three_public AS counted_total, o.parent_name, o.region, o.doc_id, o.path
FROM items i
LEFT JOIN before b ON b.unit_id = i.unit_id AND b.scope = i.scope
  AND b.fiscal_year = i.fiscal_year AND b.stage = i.stage
LEFT JOIN unit_year_overview o ON o.unit_id = i.unit_id AND o.scope = i.scope
  AND o.fiscal_year = i.fiscal_year AND o.stage = i.stage
LEFT JOIN staff_by_document s ON s.doc_id = o.doc_id AND s.path = o.path
ORDER BY unit_id, scope, fiscal_year, stage
