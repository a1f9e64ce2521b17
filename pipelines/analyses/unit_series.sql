-- title: Every unit through the years
-- grain: unit_id, scope, measure, fiscal_year, stage
-- sums: none
-- description: One row a unit, measure, year and stage, in yuan, wherever it is known from: `own_document`, `later_document` (a year before or a budget that a document repeats), `department_document` (the unit's row there) or `derived` (a stated figure that the tables do not contradict, less its stated change: `stated_amount`, `stated_change`). The newest print counts; what an older document prints otherwise is `earlier_amount`. Not for adding up: a department has its units in it.
-- chart: line x=fiscal_year y=amount series=unit_name
WITH latest AS (
  SELECT f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage, f.doc_id, f.path
  FROM filings f
  JOIN units_asked k ON k.unit_id = f.unit_id
  WHERE f.is_latest
),
own AS (
  SELECT
    f.unit_id, f.unit_name, f.scope, m.measure, m.fiscal_year, m.stage, m.amount,
    CASE WHEN m.fiscal_year = f.fiscal_year AND m.stage = f.stage THEN 'own_document'
      ELSE 'later_document' END AS source,
    f.fiscal_year AS said_in, CAST(NULL AS DECIMAL(20,2)) AS stated_amount,
    CAST(NULL AS DECIMAL(20,2)) AS stated_change, m.doc_id, m.path, m.line
  FROM document_measures m
  JOIN latest f ON f.doc_id = m.doc_id AND f.path = m.path
),
listings AS (
  SELECT n.doc_id, n.path, n.name, n.unit_id, n.matched
  FROM unit_names n
  JOIN units_asked k ON k.unit_id = n.unit_id
  WHERE n.role = 'listed'
),
listed AS (
  SELECT
    n.unit_id, u.name AS unit_name, 'unit' AS scope, a.measure, a.fiscal_year, a.stage, a.amount,
    'department_document' AS source, f.fiscal_year AS said_in,
    CAST(NULL AS DECIMAL(20,2)) AS stated_amount, CAST(NULL AS DECIMAL(20,2)) AS stated_change,
    a.doc_id, a.path, a.line
  FROM listed_by_document a
  JOIN listings n ON n.doc_id = a.doc_id AND n.path = a.path AND n.name = a.label
  JOIN units u ON u.unit_id = n.unit_id
  JOIN filings f ON f.doc_id = a.doc_id AND f.path = a.path
  WHERE f.is_latest AND a.class_code IS NULL
    AND (n.unit_id <> f.unit_id OR n.matched = 'office')
),
derived AS (
  SELECT
    f.unit_id, f.unit_name, f.scope, s.measure, s.fiscal_year, s.stage, s.amount,
    'derived' AS source, f.fiscal_year AS said_in, s.stated_amount, s.stated_change, s.doc_id,
    s.path, s.line
  FROM stated_changes_by_document s
  JOIN latest f ON f.doc_id = s.doc_id AND f.path = s.path
),
known AS (
  SELECT * FROM own UNION ALL SELECT * FROM listed UNION ALL SELECT * FROM derived
),
ordered AS (
  SELECT
    known.*, source = 'derived' AS is_derived, 9999 - COALESCE(said_in, 0) AS age,
    source = 'department_document' AS is_listed
  FROM known
),
ranked AS (
  SELECT
    unit_id, unit_name, scope, measure, fiscal_year, stage, amount, source, stated_amount,
    stated_change, doc_id, path, line,
    ROW_NUMBER() OVER (
      PARTITION BY unit_id, scope, measure, fiscal_year, stage
      ORDER BY is_derived, age, is_listed, path, line, amount
    ) AS nth
  FROM ordered WHERE fiscal_year IS NOT NULL AND stage IS NOT NULL
),
second AS (
  SELECT unit_id, scope, measure, fiscal_year, stage, amount, path, line
  FROM ranked WHERE nth = 2 AND source <> 'derived'
)
SELECT
  r.unit_id, r.unit_name, r.scope, r.measure, r.fiscal_year, r.stage, r.amount, r.source,
  r.stated_amount, r.stated_change,
  CASE WHEN e.amount <> r.amount THEN e.amount END AS earlier_amount,
  CASE WHEN e.amount <> r.amount THEN e.path END AS earlier_path,
  CASE WHEN e.amount <> r.amount THEN e.line END AS earlier_line,
  r.doc_id, r.path, r.line
FROM ranked r
LEFT JOIN second e ON e.unit_id = r.unit_id AND e.scope = r.scope AND e.measure = r.measure
  AND e.fiscal_year = r.fiscal_year AND e.stage = r.stage
WHERE r.nth = 1
ORDER BY unit_id, scope, measure, fiscal_year, stage
