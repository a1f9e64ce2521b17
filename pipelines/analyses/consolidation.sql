-- title: Departments and their units
-- grain: department_id, fiscal_year, stage, unit_id
-- sums: amount
-- description: What a department's document is made of, in yuan: for each unit that its 收入总表 lists the department's figure and that of the unit's own document (`difference` where both are there), units with a document that the department does not list, and what no unit accounts for (`residual`). `amount` adds up to the department's total.
-- chart: bar x=unit_name y=amount series=department_name
WITH departments AS (
  SELECT f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.doc_id, f.path, m.amount AS total
  FROM filings f
  JOIN document_measures m ON m.doc_id = f.doc_id AND m.path = f.path
    AND m.fiscal_year = f.fiscal_year AND m.stage = f.stage
  WHERE f.is_latest AND f.scope = 'department' AND m.measure = 'income'
),
listings AS (
  SELECT doc_id, path, name, unit_id, matched FROM unit_names
  WHERE role = 'listed' AND unit_id IS NOT NULL
),
listed AS (
  SELECT d.doc_id, d.path, n.unit_id, MAX(a.amount) AS listed_amount, MIN(a.line) AS line
  FROM departments d
  JOIN listings n ON n.doc_id = d.doc_id AND n.path = d.path
  JOIN listed_by_document a ON a.doc_id = d.doc_id AND a.path = d.path AND a.label = n.name
    AND a.fiscal_year = d.fiscal_year AND a.stage = d.stage
  WHERE a.measure = 'income' AND (n.unit_id <> d.unit_id OR n.matched = 'office')
  GROUP BY d.doc_id, d.path, n.unit_id
),
published AS (
  SELECT
    f.inside_doc_id AS doc_id, f.inside_path AS path, f.unit_id, m.amount AS own_amount,
    f.doc_id AS own_doc_id, f.path AS own_path
  FROM filings f
  JOIN document_measures m ON m.doc_id = f.doc_id AND m.path = f.path
    AND m.fiscal_year = f.fiscal_year AND m.stage = f.stage
  WHERE f.is_latest AND f.in_department AND m.measure = 'income'
),
named AS (
  SELECT doc_id, path, unit_id FROM listed
  UNION
  SELECT doc_id, path, unit_id FROM published
),
parts AS (
  SELECT
    n.doc_id, n.path, n.unit_id, l.listed_amount, p.own_amount,
    COALESCE(l.listed_amount, p.own_amount) AS amount,
    CASE
      WHEN p.own_amount IS NULL THEN 'no_own_document'
      WHEN l.listed_amount IS NULL THEN 'not_listed'
      WHEN p.own_amount = l.listed_amount THEN 'agrees'
      ELSE 'differs'
    END AS status,
    l.line, p.own_doc_id, p.own_path
  FROM named n
  LEFT JOIN listed l ON l.doc_id = n.doc_id AND l.path = n.path AND l.unit_id = n.unit_id
  LEFT JOIN published p ON p.doc_id = n.doc_id AND p.path = n.path AND p.unit_id = n.unit_id
),
accounted AS (
  SELECT doc_id, path, SUM(amount) AS amount FROM parts GROUP BY doc_id, path
),
everything AS (
  SELECT
    doc_id, path, unit_id, status, listed_amount, own_amount, amount, line, own_doc_id, own_path
  FROM parts
  UNION ALL
  SELECT
    d.doc_id, d.path, '' AS unit_id, 'residual' AS status,
    CAST(NULL AS DECIMAL(20,2)) AS listed_amount, CAST(NULL AS DECIMAL(20,2)) AS own_amount,
    d.total - COALESCE(a.amount, 0) AS amount, CAST(NULL AS INTEGER) AS line,
    CAST(NULL AS VARCHAR) AS own_doc_id, CAST(NULL AS VARCHAR) AS own_path
  FROM departments d
  LEFT JOIN accounted a ON a.doc_id = d.doc_id AND a.path = d.path
)
SELECT
  d.unit_id AS department_id, d.unit_name AS department_name, d.fiscal_year, d.stage,
  NULLIF(e.unit_id, '') AS unit_id, u.name AS unit_name, e.status, e.listed_amount, e.own_amount,
  e.own_amount - e.listed_amount AS difference, e.amount, d.total AS department_total, e.line,
  d.doc_id, d.path, e.own_doc_id, e.own_path
FROM everything e
JOIN departments d ON d.doc_id = e.doc_id AND d.path = e.path
LEFT JOIN units u ON u.unit_id = e.unit_id
ORDER BY department_id, fiscal_year, stage, unit_id
