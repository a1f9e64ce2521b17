-- title: Coverage by region, year and kind
-- grain: region_code, fiscal_year, stage, scope
-- sums: documents, latest, units, units_named_without_document
-- description: How many documents there are for each region, year, stage and scope, of how many units, and how many units of the region are named in documents of any year without a document of this year, stage and scope of their own.
-- chart: bar x=region y=documents series=fiscal_year
WITH held AS (
  SELECT
    COALESCE(f.region_code, '') AS region_code, MAX(f.region) AS region, f.fiscal_year, f.stage,
    f.scope, COUNT(*) AS documents, SUM(CASE WHEN f.is_latest THEN 1 ELSE 0 END) AS latest,
    COUNT(DISTINCT f.unit_id) AS units,
    -- A document of which it is not known whose it is has a unit of its own here, and no name.
    COUNT(DISTINCT u.unit_id) AS named
  FROM filings f
  LEFT JOIN units u ON u.unit_id = f.unit_id
  GROUP BY COALESCE(f.region_code, ''), f.fiscal_year, f.stage, f.scope
),
named AS (
  SELECT COALESCE(region_code, '') AS region_code, COUNT(*) AS units
  FROM units GROUP BY COALESCE(region_code, '')
)
SELECT
  NULLIF(h.region_code, '') AS region_code, h.region, h.fiscal_year, h.stage, h.scope,
  CAST(h.documents AS INTEGER) AS documents, CAST(h.latest AS INTEGER) AS latest,
  CAST(h.units AS INTEGER) AS units,
  CAST(COALESCE(n.units, 0) - h.named AS INTEGER) AS units_named_without_document
FROM held h
LEFT JOIN named n ON n.region_code = h.region_code
ORDER BY region_code, fiscal_year, stage, scope
