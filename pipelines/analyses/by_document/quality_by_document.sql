-- title: Tables and checks of each document
-- grain: doc_id, path
-- sums: none
-- description: One row a document: how many figures each of its tables holds (0 an empty table, no value no such table), how many of the nine statutory tables it has, what became of the identities within it, how many of its figures at least one of them proves, and its findings. What it owes other documents is in `checks_between` and `findings_between`.
-- chart: none
WITH found AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN "table" = 'summary' THEN figures END) AS summary,
    SUM(CASE WHEN "table" = 'income' THEN figures END) AS income,
    SUM(CASE WHEN "table" = 'expenditure' THEN figures END) AS expenditure,
    SUM(CASE WHEN "table" = 'appropriation' THEN figures END) AS appropriation,
    SUM(CASE WHEN "table" = 'general_expenditure' THEN figures END) AS general_expenditure,
    SUM(CASE WHEN "table" = 'general_basic' THEN figures END) AS general_basic,
    SUM(CASE WHEN "table" = 'three_public' THEN figures END) AS three_public,
    SUM(CASE WHEN "table" = 'government_fund' THEN figures END) AS government_fund,
    SUM(CASE WHEN "table" = 'state_capital' THEN figures END) AS state_capital,
    SUM(CASE WHEN "table" = 'projects' THEN figures END) AS projects,
    COUNT(DISTINCT CASE WHEN "table" IN ('summary', 'income', 'expenditure', 'appropriation',
      'general_expenditure', 'general_basic', 'three_public', 'government_fund',
      'state_capital') THEN "table" END) AS statutory
  FROM tables GROUP BY doc_id, path
),
outcomes AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN outcome = 'exact' THEN 1 ELSE 0 END) AS exact,
    SUM(CASE WHEN outcome = 'rounding' THEN 1 ELSE 0 END) AS rounding,
    SUM(CASE WHEN outcome = 'fails' THEN 1 ELSE 0 END) AS fails,
    SUM(CASE WHEN outcome = 'unchecked' THEN 1 ELSE 0 END) AS unchecked
  FROM checks GROUP BY doc_id, path
),
proved AS (
  SELECT
    doc_id, path, COUNT(*) AS figures,
    SUM(CASE WHEN verified_by > 0 THEN 1 ELSE 0 END) AS proved
  FROM amounts GROUP BY doc_id, path
),
said AS (
  SELECT
    doc_id, path,
    SUM(CASE WHEN severity = 'error' THEN 1 ELSE 0 END) AS errors,
    SUM(CASE WHEN severity = 'notice' THEN 1 ELSE 0 END) AS notices
  FROM findings GROUP BY doc_id, path
)
SELECT
  d.doc_id, d.path, CAST(COALESCE(t.statutory, 0) AS INTEGER) AS statutory,
  CAST(t.summary AS INTEGER) AS summary, CAST(t.income AS INTEGER) AS income,
  CAST(t.expenditure AS INTEGER) AS expenditure,
  CAST(t.appropriation AS INTEGER) AS appropriation,
  CAST(t.general_expenditure AS INTEGER) AS general_expenditure,
  CAST(t.general_basic AS INTEGER) AS general_basic,
  CAST(t.three_public AS INTEGER) AS three_public,
  CAST(t.government_fund AS INTEGER) AS government_fund,
  CAST(t.state_capital AS INTEGER) AS state_capital, CAST(t.projects AS INTEGER) AS projects,
  CAST(COALESCE(o.exact, 0) AS INTEGER) AS exact,
  CAST(COALESCE(o.rounding, 0) AS INTEGER) AS rounding,
  CAST(COALESCE(o.fails, 0) AS INTEGER) AS fails,
  CAST(COALESCE(o.unchecked, 0) AS INTEGER) AS unchecked,
  CAST(COALESCE(p.figures, 0) AS INTEGER) AS figures,
  CAST(COALESCE(p.proved, 0) AS INTEGER) AS proved,
  CAST(COALESCE(s.errors, 0) AS INTEGER) AS errors,
  CAST(COALESCE(s.notices, 0) AS INTEGER) AS notices
FROM documents d
LEFT JOIN found t ON t.doc_id = d.doc_id AND t.path = d.path
LEFT JOIN outcomes o ON o.doc_id = d.doc_id AND o.path = d.path
LEFT JOIN proved p ON p.doc_id = d.doc_id AND p.path = d.path
LEFT JOIN said s ON s.doc_id = d.doc_id AND s.path = d.path
ORDER BY doc_id, path
