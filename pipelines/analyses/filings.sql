-- title: Which document speaks for whom
-- grain: unit_name, fiscal_year, stage, doc_id, path
-- description: One row a document. `counted` is true where its figures may be added to those of other documents: it is the latest issue, and no department that its unit belongs to publishes for the same year and stage.
-- chart: none
WITH issues AS (
  SELECT
    doc_id, path, COALESCE(unit_name, path) AS unit_name, unit_code, parent_name, parent_code,
    scope, region, fiscal_year, stage, published,
    ROW_NUMBER() OVER (
      PARTITION BY COALESCE(unit_name, path), COALESCE(scope, 'unit'), fiscal_year, stage
      ORDER BY COALESCE(CAST(published AS VARCHAR), '') DESC, doc_id DESC, path DESC
    ) AS issue,
    -- A unit of the department's own name is the department's own office (本级).
    CASE
      WHEN scope = 'department' THEN NULLIF(parent_name, unit_name)
      ELSE COALESCE(parent_name, unit_name)
    END AS above,
    CASE
      WHEN scope = 'department' THEN NULLIF(parent_code, unit_code)
      ELSE COALESCE(parent_code, unit_code)
    END AS above_code
  FROM documents
),
named AS (
  SELECT DISTINCT unit_name AS above, fiscal_year, stage, TRUE AS inside
  FROM issues WHERE scope = 'department'
),
coded AS (
  SELECT DISTINCT unit_code AS above_code, region, fiscal_year, stage, TRUE AS inside
  FROM issues WHERE scope = 'department' AND unit_code IS NOT NULL
)
SELECT
  i.unit_name, i.fiscal_year, i.stage, i.scope, i.unit_code, i.parent_name, i.parent_code,
  i.region, i.published, i.issue = 1 AS is_latest,
  COALESCE(n.inside, c.inside, FALSE) AS in_department,
  i.issue = 1 AND NOT COALESCE(n.inside, c.inside, FALSE) AS counted,
  i.doc_id, i.path
FROM issues i
LEFT JOIN named n ON i.above = n.above AND i.fiscal_year = n.fiscal_year AND i.stage = n.stage
LEFT JOIN coded c ON i.above_code = c.above_code AND i.region = c.region
  AND i.fiscal_year = c.fiscal_year AND i.stage = c.stage
ORDER BY unit_name, fiscal_year, stage, doc_id, path
