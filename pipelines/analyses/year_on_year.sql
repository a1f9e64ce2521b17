-- title: Change from year to year
-- grain: unit_id, scope, measure, fiscal_year, stage
-- sums: none
-- description: Each measure of a unit against the year before of the same stage, in yuan and per cent, from `unit_series`. `contribution` says how many of the points of the whole's change come from this part: basic and project of expenditure, current and carry-over of income, personnel and public of basic, the three items of “三公”.
-- chart: bar x=measure y=change series=unit_name
WITH series AS (
  SELECT s.* FROM unit_series s JOIN units_asked k ON k.unit_id = s.unit_id
),
measured AS (
  SELECT
    unit_id, unit_name, scope, measure, fiscal_year, stage, amount, source, doc_id, path, line,
    CASE
      WHEN measure IN ('basic', 'project') THEN 'expenditure'
      WHEN measure IN ('current', 'carryover') THEN 'income'
      WHEN measure IN ('personnel', 'public') THEN 'basic'
      WHEN measure IN ('abroad', 'reception', 'vehicles') THEN 'three_public'
      WHEN measure IN ('vehicle_purchase', 'vehicle_operation') THEN 'vehicles'
    END AS part_of
  FROM series
),
before AS (
  SELECT
    unit_id, scope, measure, fiscal_year + 1 AS fiscal_year, stage, amount AS previous,
    source AS previous_source
  FROM series
),
wholes AS (
  SELECT
    unit_id, scope, measure AS part_of, fiscal_year + 1 AS fiscal_year, stage,
    amount AS previous_whole
  FROM series
)
SELECT
  m.unit_id, m.unit_name, m.scope, m.measure, m.fiscal_year, m.stage, m.amount, b.previous,
  m.amount - b.previous AS change,
  CASE WHEN b.previous <> 0 THEN CAST(ROUND(
    CAST(m.amount - b.previous AS DOUBLE) / NULLIF(ABS(CAST(b.previous AS DOUBLE)), 0) * 100, 2)
    AS DECIMAL(20,2)) END AS change_percent,
  m.part_of,
  CASE WHEN w.previous_whole <> 0 THEN CAST(ROUND(
    CAST(m.amount - b.previous AS DOUBLE) / NULLIF(ABS(CAST(w.previous_whole AS DOUBLE)), 0) * 100, 2)
    AS DECIMAL(20,2)) END AS contribution,
  m.source, b.previous_source, m.doc_id, m.path, m.line
FROM measured m
JOIN before b ON b.unit_id = m.unit_id AND b.scope = m.scope AND b.measure = m.measure
  AND b.fiscal_year = m.fiscal_year AND b.stage = m.stage
LEFT JOIN wholes w ON w.unit_id = m.unit_id AND w.scope = m.scope AND w.part_of = m.part_of
  AND w.fiscal_year = m.fiscal_year AND w.stage = m.stage
ORDER BY unit_id, scope, measure, fiscal_year, stage
