-- title: Commissioned services and procurement
-- grain: unit_id, scope, fiscal_year, stage
-- sums: none
-- description: Government procurement by goods, works and services (tables or the prose) and commissioned services (委托业务费) of a unit's latest document, in yuan: the printed totals. A department's figures have its units in them: `counted` marks the rows that may be added up.
-- chart: bar x=unit_name y=procurement series=fiscal_year
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.counted, f.region, g.procurement,
  g.goods, g.works, g.services, g.commissioned_services, f.doc_id, f.path
FROM procurement_by_document g
JOIN filings f ON f.doc_id = g.doc_id AND f.path = g.path
WHERE f.is_latest
ORDER BY unit_id, scope, fiscal_year, stage
