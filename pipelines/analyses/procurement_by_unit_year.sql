-- title: Commissioned services and procurement
-- grain: unit_id, scope, fiscal_year, stage
-- sums: none
-- description: Government procurement by goods, works and services (tables or the prose) and commissioned services (委托业务费) of a unit's latest document, in yuan: the printed totals. A department's figures have its units in them: `counted` marks the rows that may be added up.
-- chart: bar x=unit_name y=procurement series=fiscal_year
WITH found AS (
  SELECT
    a.doc_id, a.path,
    MAX(CASE WHEN a."table" = 'procurement' AND a.row_role = 'total' AND a.period = 'all'
      THEN a.amount END) AS procurement,
    MAX(CASE WHEN a."table" = 'procurement' AND a.label LIKE '%货物%' AND a.period = 'all'
      THEN a.amount END) AS goods,
    MAX(CASE WHEN a."table" = 'procurement' AND a.label LIKE '%工程%' AND a.period = 'all'
      THEN a.amount END) AS works,
    MAX(CASE WHEN a."table" = 'procurement' AND a.label LIKE '%服务%' AND a.period = 'all'
      THEN a.amount END) AS services,
    COALESCE(
      MAX(CASE WHEN a."table" = 'commissioned_services' AND a.row_role IN ('total', 'subtotal')
        AND a.period = 'all' AND a.fund = 'fiscal' THEN a.amount END),
      SUM(CASE WHEN a."table" = 'commissioned_services' AND a.is_leaf AND a.period = 'all'
        AND a.fund = 'fiscal' THEN a.amount END)
    ) AS commissioned_services
  FROM amounts a
  JOIN filings f ON f.doc_id = a.doc_id AND f.path = a.path
  WHERE f.is_latest AND (f.fiscal_year IS NULL OR a.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR a.stage = f.stage)
    AND a."table" IN ('procurement', 'commissioned_services')
  GROUP BY a.doc_id, a.path
)
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.counted, f.region, g.procurement,
  g.goods, g.works, g.services, g.commissioned_services, f.doc_id, f.path
FROM found g
JOIN filings f ON f.doc_id = g.doc_id AND f.path = g.path
ORDER BY unit_id, scope, fiscal_year, stage
