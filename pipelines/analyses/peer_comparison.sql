-- title: Units among their peers
-- grain: unit_id, scope, fiscal_year, stage, measure
-- sums: none
-- description: Where a unit stands among those of the same province, level of government, scope, main function (the class that it spends most on), year and stage: `percentile` (0 the lowest, 100 the highest) and `robust_z` (distance from the median in units of 1.4826 times the median absolute deviation; beyond 3.5 it is an outlier). Both need peers: no value with fewer than two or, for the second, three units or no spread. Measures are expenditure and “三公” in yuan, and the shares of personnel, projects and carry-over in per cent.
-- chart: bar x=unit_name y=percentile series=measure
WITH main AS (
  SELECT
    doc_id, path, class_code AS function_code, class_name AS function_name,
    ROW_NUMBER() OVER (PARTITION BY doc_id, path ORDER BY 0 - printed_amount, class_code) AS nth
  FROM function_class_by_unit_year
  WHERE class_code IS NOT NULL AND printed_amount IS NOT NULL
),
functions AS (
  SELECT doc_id, path, function_code, function_name FROM main WHERE nth = 1
),
measures AS (
  SELECT
    m.doc_id, m.path,
    MAX(CASE WHEN m.measure = 'income' THEN m.amount END) AS income,
    MAX(CASE WHEN m.measure = 'expenditure' THEN m.amount END) AS expenditure,
    MAX(CASE WHEN m.measure = 'project' THEN m.amount END) AS project,
    MAX(CASE WHEN m.measure = 'personnel' THEN m.amount END) AS personnel,
    MAX(CASE WHEN m.measure = 'carryover' THEN m.amount END) AS carryover,
    MAX(CASE WHEN m.measure = 'three_public' THEN m.amount END) AS three_public
  FROM filings f
  JOIN document_measures m ON m.doc_id = f.doc_id AND m.path = f.path
    AND m.fiscal_year = f.fiscal_year AND m.stage = f.stage
  WHERE f.is_latest AND f.region_code IS NOT NULL
  GROUP BY m.doc_id, m.path
),
wide AS (
  SELECT
    m.doc_id, m.path,
    CONCAT(SUBSTR(f.region_code, 1, 2), '/', COALESCE(f.level, ''), '/', f.scope, '/',
      COALESCE(t.function_code, ''), '/', CAST(f.fiscal_year AS VARCHAR), '/', f.stage) AS circle,
    CAST(m.expenditure AS DOUBLE) AS expenditure, CAST(m.three_public AS DOUBLE) AS three_public,
    CASE WHEN m.expenditure > 0
      THEN CAST(m.personnel AS DOUBLE) / NULLIF(CAST(m.expenditure AS DOUBLE), 0) * 100 END AS personnel_share,
    CASE WHEN m.expenditure > 0
      THEN CAST(m.project AS DOUBLE) / NULLIF(CAST(m.expenditure AS DOUBLE), 0) * 100 END AS project_share,
    CASE WHEN m.income > 0
      THEN CAST(m.carryover AS DOUBLE) / NULLIF(CAST(m.income AS DOUBLE), 0) * 100 END AS carryover_share
  FROM measures m
  JOIN filings f ON f.doc_id = m.doc_id AND f.path = m.path
  LEFT JOIN functions t ON t.doc_id = m.doc_id AND t.path = m.path
),
-- Only what tells peers and their values goes through what follows; the words come back at the end.
long AS (
  SELECT doc_id, path, circle, 'expenditure' AS measure, expenditure AS value FROM wide
  UNION ALL
  SELECT doc_id, path, circle, 'three_public' AS measure, three_public AS value FROM wide
  UNION ALL
  SELECT doc_id, path, circle, 'personnel_share' AS measure, personnel_share AS value FROM wide
  UNION ALL
  SELECT doc_id, path, circle, 'project_share' AS measure, project_share AS value FROM wide
  UNION ALL
  SELECT doc_id, path, circle, 'carryover_share' AS measure, carryover_share AS value FROM wide
),
grouped AS (
  SELECT doc_id, path, measure, value, CONCAT(circle, '/', measure) AS peers
  FROM long WHERE value IS NOT NULL
),
ranked AS (
  SELECT
    doc_id, path, measure, value, peers,
    MEDIAN(value) OVER (PARTITION BY peers) AS median,
    COUNT(value) OVER (PARTITION BY peers) AS units,
    RANK() OVER (PARTITION BY peers ORDER BY value) AS place
  FROM grouped
),
spread AS (
  SELECT *, MEDIAN(ABS(value - median)) OVER (PARTITION BY peers) AS deviation FROM ranked
)
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, r.measure, f.region, f.level,
  t.function_code, t.function_name, CAST(ROUND(r.value, 2) AS DECIMAL(20,2)) AS value,
  CAST(r.units AS INTEGER) AS peers, CAST(ROUND(r.median, 2) AS DECIMAL(20,2)) AS median,
  CASE WHEN r.units > 1 THEN CAST(ROUND(
    CAST(r.place - 1 AS DOUBLE) / NULLIF(CAST(r.units - 1 AS DOUBLE), 0) * 100, 1) AS DECIMAL(20,2)) END
    AS percentile,
  CASE WHEN r.units > 2 AND r.deviation > 0 THEN CAST(ROUND(
    (r.value - r.median) / NULLIF(1.4826 * r.deviation, 0), 2) AS DECIMAL(20,2)) END AS robust_z,
  r.doc_id, r.path
FROM spread r
JOIN filings f ON f.doc_id = r.doc_id AND f.path = r.path
LEFT JOIN functions t ON t.doc_id = r.doc_id AND t.path = r.path
ORDER BY unit_id, scope, fiscal_year, stage, measure
