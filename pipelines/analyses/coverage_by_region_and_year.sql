-- title: Coverage by region, year and kind
-- grain: region_code, fiscal_year, stage, scope
-- sums: documents, latest, units, units_named_without_document
-- description: How many documents there are for each region, year, stage and scope, of how many units, and how many units of the region are named in documents of any year without a document of this year, stage and scope of their own.
-- chart: bar x=region y=documents series=fiscal_year
WITH held AS (
  SELECT
    COALESCE(region_code, '') AS region_code, MAX(region) AS region, fiscal_year, stage, scope,
    COUNT(*) AS documents, SUM(CASE WHEN is_latest THEN 1 ELSE 0 END) AS latest,
    COUNT(DISTINCT unit_id) AS units
  FROM filings
  GROUP BY COALESCE(region_code, ''), fiscal_year, stage, scope
),
named AS (
  SELECT COALESCE(region_code, '') AS region_code, COUNT(*) AS units
  FROM units GROUP BY COALESCE(region_code, '')
)
SELECT
  NULLIF(h.region_code, '') AS region_code, h.region, h.fiscal_year, h.stage, h.scope,
  CAST(h.documents AS INTEGER) AS documents, CAST(h.latest AS INTEGER) AS latest,
  CAST(h.units AS INTEGER) AS units,
  CAST(COALESCE(n.units, 0) - h.units AS INTEGER) AS units_named_without_document
FROM held h
LEFT JOIN named n ON n.region_code = h.region_code
ORDER BY region_code, fiscal_year, stage, scope
