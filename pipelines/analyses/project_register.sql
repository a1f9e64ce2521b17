-- title: Projects
-- grain: unit_id, fiscal_year, stage, doc_id, path, line, position
-- sums: amount, current, carryover
-- description: One row a project of the 项目支出表, in yuan, for the document's own year and stage. Sums over rows are true: units' own lists are left out where their department's document lists projects. Current and carry-over are those of all money where the table prints them, else the sum of the three kinds of appropriation. `share` is its part of all projects of the document in per cent, `rank` its place by amount, `cumulative_share` that of it and all larger ones: how far a few projects make up the whole.
-- chart: bar x=project y=amount series=unit_name
WITH listing AS (
  SELECT doc_id AS inside_doc_id, path AS inside_path
  FROM projects_by_document GROUP BY doc_id, path
),
counted AS (
  SELECT f.doc_id, f.path, f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.region
  FROM filings f
  LEFT JOIN listing l ON l.inside_doc_id = f.inside_doc_id AND l.inside_path = f.inside_path
  WHERE f.is_latest AND l.inside_doc_id IS NULL
),
units_named AS (
  SELECT n.doc_id, n.path, n.name, u.unit_id, u.name AS unit_name
  FROM (
    SELECT doc_id, path, name, MAX(unit_id) AS unit_id FROM unit_names
    WHERE role = 'project' GROUP BY doc_id, path, name
  ) AS n
  JOIN units u ON u.unit_id = n.unit_id
),
-- A document's projects can be of its own unit and of those that it names.
naming AS (
  SELECT n.doc_id AS naming_doc_id, n.path AS naming_path
  FROM units_named n
  JOIN units_asked k ON k.unit_id = n.unit_id
  GROUP BY n.doc_id, n.path
),
publishing AS (
  SELECT unit_id AS publishing_id FROM units_asked
),
asked AS (
  SELECT c.*
  FROM counted c
  LEFT JOIN publishing k ON k.publishing_id = c.unit_id
  LEFT JOIN naming n ON n.naming_doc_id = c.doc_id AND n.naming_path = c.path
  WHERE k.publishing_id IS NOT NULL OR n.naming_doc_id IS NOT NULL
),
placed AS (
  SELECT
    COALESCE(n.unit_id, c.unit_id) AS unit_id, COALESCE(n.unit_name, c.unit_name) AS unit_name,
    c.fiscal_year, c.stage, p.line, p.position, c.unit_id AS publisher_id,
    c.unit_name AS publisher_name, c.region, p.project, p.code, p.row_unit, p.amount, p.current,
    p.carryover, p.rank, p.share, p.cumulative_share, p.doc_id, p.path
  FROM projects_by_document p
  JOIN asked c ON c.doc_id = p.doc_id AND c.path = p.path
  LEFT JOIN units_named n ON n.doc_id = p.doc_id AND n.path = p.path AND n.name = p.row_unit
)
SELECT p.*
FROM placed p
JOIN units_asked k ON k.unit_id = p.unit_id
ORDER BY unit_id, fiscal_year, stage, doc_id, path, line, position
