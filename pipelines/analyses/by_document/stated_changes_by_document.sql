-- title: The year before, from changes that documents state
-- grain: doc_id, path, line, topic, label, fiscal_year, stage
-- sums: none
-- description: What a document's text says of a figure and of its change against the year before, and what the year before came to by that (`amount`), in yuan; `fiscal_year` is the year before. Only where the tables do not contradict the text by more than its rounding.
-- chart: none
WITH changes AS (
  SELECT doc_id, path, line, topic, label, fiscal_year, stage, MAX(value) AS change
  FROM statements
  WHERE kind = 'change_amount' AND base_year = fiscal_year - 1
  GROUP BY doc_id, path, line, topic, label, fiscal_year, stage
),
stated AS (
  SELECT
    s.doc_id, s.path, s.line, s.topic, s.label, s.fiscal_year, s.stage,
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
)
SELECT
  s.doc_id, s.path, s.line, s.topic, s.label, s.measure, s.fiscal_year - 1 AS fiscal_year,
  s.stage, CAST(s.stated_amount - s.stated_change AS DECIMAL(20,2)) AS amount, s.stated_amount,
  s.stated_change
FROM stated s
LEFT JOIN document_measures m ON m.doc_id = s.doc_id AND m.path = s.path
  AND m.measure = s.measure AND m.fiscal_year = s.fiscal_year AND m.stage = s.stage
-- Of a text that contradicts its tables nothing follows; it is rounded to 0.01 万元.
WHERE m.amount IS NULL OR ABS(m.amount - s.stated_amount) <= 100
ORDER BY doc_id, path, line, topic, label, fiscal_year, stage
