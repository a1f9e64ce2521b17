-- title: Which document speaks for whom
-- grain: unit_id, fiscal_year, stage, doc_id, path
-- sums: none
-- description: One row a document. `is_latest`: no newer issue of the same unit, scope, year and stage is there. `inside_doc_id` and `inside_path` are the department's document that has this unit's money in it. `counted`: the latest issue, and in no department's document, so that totals of counted documents add up.
-- chart: none
WITH publishers AS (
  SELECT doc_id, path, MAX(unit_id) AS unit_id
  FROM unit_names WHERE role = 'publisher' GROUP BY doc_id, path
),
parents AS (
  SELECT doc_id, path, MAX(unit_id) AS parent_id
  FROM unit_names WHERE role = 'parent' GROUP BY doc_id, path
),
issues AS (
  SELECT
    d.doc_id, d.path, COALESCE(p.unit_id, d.path) AS unit_id,
    COALESCE(u.name, d.unit_name, d.path) AS unit_name, COALESCE(d.scope, 'unit') AS scope,
    d.unit_code, d.fiscal_year, d.stage, d.published, COALESCE(a.parent_id, u.parent_id) AS parent_id,
    COALESCE(u.region, d.region) AS region, u.region_code, u.level,
    -- A unit of the department's own name is the department's own office (本级).
    CASE WHEN COALESCE(d.scope, 'unit') = 'unit' THEN p.unit_id END AS own_key,
    CASE WHEN COALESCE(a.parent_id, u.parent_id) <> p.unit_id
      THEN COALESCE(a.parent_id, u.parent_id) END AS above_key,
    ROW_NUMBER() OVER (
      PARTITION BY COALESCE(p.unit_id, d.path), COALESCE(d.scope, 'unit'), d.fiscal_year, d.stage
      ORDER BY COALESCE(CAST(d.published AS VARCHAR), '') DESC, d.doc_id DESC, d.path DESC
    ) AS issue
  FROM documents d
  LEFT JOIN publishers p ON p.doc_id = d.doc_id AND p.path = d.path
  LEFT JOIN parents a ON a.doc_id = d.doc_id AND a.path = d.path
  LEFT JOIN units u ON u.unit_id = p.unit_id
),
departments AS (
  SELECT unit_id AS department_id, fiscal_year, stage, doc_id AS inside_doc_id,
    path AS inside_path
  FROM issues WHERE scope = 'department' AND issue = 1
)
SELECT
  i.unit_id, i.unit_name, i.fiscal_year, i.stage, i.scope, i.unit_code, i.parent_id,
  t.name AS parent_name, i.region, i.region_code, i.level, i.published,
  i.issue = 1 AS is_latest,
  COALESCE(o.inside_doc_id, b.inside_doc_id) AS inside_doc_id,
  COALESCE(o.inside_path, b.inside_path) AS inside_path,
  COALESCE(o.inside_doc_id, b.inside_doc_id) IS NOT NULL AS in_department,
  i.issue = 1 AND COALESCE(o.inside_doc_id, b.inside_doc_id) IS NULL AS counted,
  i.doc_id, i.path
FROM issues i
LEFT JOIN units t ON t.unit_id = i.parent_id
LEFT JOIN departments o ON o.department_id = i.own_key AND o.fiscal_year = i.fiscal_year
  AND o.stage = i.stage
LEFT JOIN departments b ON b.department_id = i.above_key AND b.fiscal_year = i.fiscal_year
  AND b.stage = i.stage
ORDER BY unit_id, fiscal_year, stage, doc_id, path
