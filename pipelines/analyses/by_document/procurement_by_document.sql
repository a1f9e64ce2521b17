-- title: Commissioned services and procurement of each document
-- grain: doc_id, path
-- sums: none
-- description: Government procurement by goods, works and services (tables or the prose) and commissioned services (委托业务费) of a document's own year and stage, in yuan: the printed totals. Only documents that print any.
-- chart: none
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
JOIN documents d ON d.doc_id = a.doc_id AND d.path = a.path
WHERE (d.fiscal_year IS NULL OR a.fiscal_year = d.fiscal_year)
  AND (d.stage IS NULL OR a.stage = d.stage)
  AND a."table" IN ('procurement', 'commissioned_services')
GROUP BY a.doc_id, a.path
ORDER BY doc_id, path
