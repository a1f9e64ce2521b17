-- title: Every unit through the years
-- grain: unit_id, scope, measure, fiscal_year, stage
-- sums: none
-- description: One row a unit, measure, year and stage, in yuan, wherever it is known from: `own_document`, `later_document` (a year before or a budget that a document repeats), `department_document` (the unit's row there) or `derived` (a stated figure that the tables do not contradict, less its stated change: `stated_amount`, `stated_change`). The newest print counts; what an older document prints otherwise is `earlier_amount`. Not for adding up: a department has its units in it.
-- chart: line x=fiscal_year y=amount series=unit_name
WITH own AS (
  SELECT
    f.unit_id, f.unit_name, f.scope, m.measure, m.fiscal_year, m.stage, m.amount,
    CASE WHEN m.fiscal_year = f.fiscal_year AND m.stage = f.stage THEN 'own_document'
      ELSE 'later_document' END AS source,
    f.fiscal_year AS said_in, CAST(NULL AS DECIMAL(20,2)) AS stated_amount,
    CAST(NULL AS DECIMAL(20,2)) AS stated_change, m.doc_id, m.path, m.line
  FROM document_measures m
  JOIN filings f ON f.doc_id = m.doc_id AND f.path = m.path
  WHERE f.is_latest
),
listings AS (
  SELECT doc_id, path, name, unit_id, matched FROM unit_names WHERE role = 'listed'
),
listed AS (
  SELECT
    n.unit_id, u.name AS unit_name, 'unit' AS scope,
    CASE
      WHEN a."table" = 'income' AND a.period = 'all' THEN 'income'
      WHEN a."table" = 'income' THEN a.period
      WHEN a.nature = 'all' THEN 'expenditure'
      ELSE a.nature
    END AS measure,
    a.fiscal_year, a.stage, a.amount, 'department_document' AS source, f.fiscal_year AS said_in,
    CAST(NULL AS DECIMAL(20,2)) AS stated_amount, CAST(NULL AS DECIMAL(20,2)) AS stated_change,
    a.doc_id, a.path, a.line
  FROM amounts a
  JOIN listings n ON n.doc_id = a.doc_id AND n.path = a.path AND n.name = a.label
  JOIN units u ON u.unit_id = n.unit_id
  JOIN filings f ON f.doc_id = a.doc_id AND f.path = a.path
  WHERE f.is_latest AND f.scope = 'department' AND a.fund = 'all' AND a.class_code IS NULL
    AND (n.unit_id <> f.unit_id OR n.matched = 'office')
    AND (a."table" = 'income'
      OR (a."table" = 'expenditure' AND a.period = 'all' AND a.nature IN ('all', 'basic', 'project')))
),
changes AS (
  SELECT doc_id, path, line, topic, label, fiscal_year, stage, MAX(value) AS change
  FROM statements
  WHERE kind = 'change_amount' AND base_year = fiscal_year - 1
  GROUP BY doc_id, path, line, topic, label, fiscal_year, stage
),
stated AS (
  SELECT
    s.doc_id, s.path, s.line, s.fiscal_year, s.stage,
    CASE s.topic WHEN 'total' THEN 'expenditure' WHEN 'expenditure_total' THEN 'expenditure'
      WHEN 'income_total' THEN 'income' ELSE s.topic END AS measure,
    CAST(MAX(s.value) AS DECIMAL(20,2)) AS stated_amount,
    CAST(MAX(c.change) AS DECIMAL(20,2)) AS stated_change
  FROM statements s
  JOIN changes c ON c.doc_id = s.doc_id AND c.path = s.path AND c.line = s.line
    AND c.topic = s.topic AND c.label = s.label AND c.fiscal_year = s.fiscal_year
    AND c.stage = s.stage
  WHERE s.kind = 'amount' AND s.topic IN ('total', 'income_total', 'expenditure_total', 'current',
    'carryover', 'basic', 'project', 'personnel', 'public', 'three_public', 'abroad', 'reception',
    'vehicles', 'vehicle_purchase', 'vehicle_operation', 'operating_costs', 'procurement')
  GROUP BY s.doc_id, s.path, s.line, s.topic, s.label, s.fiscal_year, s.stage
),
derived AS (
  SELECT
    f.unit_id, f.unit_name, f.scope, s.measure, s.fiscal_year - 1 AS fiscal_year, s.stage,
    CAST(s.stated_amount - s.stated_change AS DECIMAL(20,2)) AS amount, 'derived' AS source,
    f.fiscal_year AS said_in, s.stated_amount, s.stated_change, s.doc_id, s.path, s.line
  FROM stated s
  JOIN filings f ON f.doc_id = s.doc_id AND f.path = s.path
  LEFT JOIN document_measures m ON m.doc_id = s.doc_id AND m.path = s.path
    AND m.measure = s.measure AND m.fiscal_year = s.fiscal_year AND m.stage = s.stage
  -- Of a text that contradicts its tables nothing follows; it is rounded to 0.01 万元.
  WHERE f.is_latest AND (m.amount IS NULL OR ABS(m.amount - s.stated_amount) <= 100)
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
