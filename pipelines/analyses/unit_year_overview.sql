-- title: Units by year
-- grain: unit_id, scope, fiscal_year, stage
-- sums: income, expenditure, current, carryover, basic, project, personnel, public, three_public, operating_costs, procurement
-- description: One row a unit, year and stage, from its latest document, in yuan. Sums over rows are true: where units of a department publish for themselves, the department's row (`part` is `rest`) holds what is left of its figures without theirs; `printed_income` and `printed_expenditure` are as the document says. A budget's income has the carry-over in it, a final account's has not; personnel and public are those of general public money.
-- chart: line x=fiscal_year y=printed_expenditure series=unit_name
WITH wide AS (
  SELECT
    m.doc_id, m.path,
    MAX(CASE WHEN m.measure = 'income' THEN m.amount END) AS income,
    MAX(CASE WHEN m.measure = 'expenditure' THEN m.amount END) AS expenditure,
    MAX(CASE WHEN m.measure = 'current' THEN m.amount END) AS current,
    MAX(CASE WHEN m.measure = 'carryover' THEN m.amount END) AS carryover,
    MAX(CASE WHEN m.measure = 'basic' THEN m.amount END) AS basic,
    MAX(CASE WHEN m.measure = 'project' THEN m.amount END) AS project,
    MAX(CASE WHEN m.measure = 'personnel' THEN m.amount END) AS personnel,
    MAX(CASE WHEN m.measure = 'public' THEN m.amount END) AS public,
    MAX(CASE WHEN m.measure = 'three_public' THEN m.amount END) AS three_public,
    MAX(CASE WHEN m.measure = 'operating_costs' THEN m.amount END) AS operating_costs,
    MAX(CASE WHEN m.measure = 'procurement' THEN m.amount END) AS procurement
  FROM document_measures m
  JOIN filings f ON f.doc_id = m.doc_id AND f.path = m.path
  WHERE f.is_latest AND (f.fiscal_year IS NULL OR m.fiscal_year = f.fiscal_year)
    AND (f.stage IS NULL OR m.stage = f.stage)
  GROUP BY m.doc_id, m.path
),
inside AS (
  SELECT
    f.inside_doc_id AS doc_id, f.inside_path AS path, COUNT(*) AS units,
    SUM(w.income) AS income, SUM(w.expenditure) AS expenditure, SUM(w.current) AS current,
    SUM(w.carryover) AS carryover, SUM(w.basic) AS basic, SUM(w.project) AS project,
    SUM(w.personnel) AS personnel, SUM(w.public) AS public, SUM(w.three_public) AS three_public,
    SUM(w.operating_costs) AS operating_costs, SUM(w.procurement) AS procurement
  FROM wide w
  JOIN filings f ON f.doc_id = w.doc_id AND f.path = w.path
  WHERE f.in_department AND f.is_latest
  GROUP BY f.inside_doc_id, f.inside_path
)
SELECT
  f.unit_id, f.unit_name, f.scope, f.fiscal_year, f.stage,
  CASE WHEN i.units IS NOT NULL THEN 'rest' WHEN f.in_department THEN 'unit' ELSE 'whole' END
    AS part,
  f.parent_id, f.parent_name, f.region, f.region_code, f.level,
  w.income - COALESCE(i.income, 0) AS income,
  w.expenditure - COALESCE(i.expenditure, 0) AS expenditure,
  w.current - COALESCE(i.current, 0) AS current,
  w.carryover - COALESCE(i.carryover, 0) AS carryover,
  w.basic - COALESCE(i.basic, 0) AS basic,
  w.project - COALESCE(i.project, 0) AS project,
  w.personnel - COALESCE(i.personnel, 0) AS personnel,
  w.public - COALESCE(i.public, 0) AS public,
  w.three_public - COALESCE(i.three_public, 0) AS three_public,
  w.operating_costs - COALESCE(i.operating_costs, 0) AS operating_costs,
  w.procurement - COALESCE(i.procurement, 0) AS procurement,
  w.income AS printed_income, w.expenditure AS printed_expenditure, f.doc_id, f.path
FROM filings f
LEFT JOIN wide w ON w.doc_id = f.doc_id AND w.path = f.path
LEFT JOIN inside i ON i.doc_id = f.doc_id AND i.path = f.path
WHERE f.is_latest
ORDER BY unit_id, scope, fiscal_year, stage
