-- title: Statutory tables that each document has
-- grain: unit_id, fiscal_year, stage, doc_id, path
-- sums: none
-- description: One row a document: how many figures each statutory table holds; figures that come from the text are in `amounts` alone. 0 is an empty table, no value is a table that the document has not or that was not recognised. `statutory` counts how many of the nine are there.
-- chart: none
SELECT
  f.unit_id, f.unit_name, f.fiscal_year, f.stage, f.scope, f.region, f.counted, q.statutory,
  d.amounts, d.gaps, q.summary, q.income, q.expenditure, q.appropriation, q.general_expenditure,
  q.general_basic, q.three_public, q.government_fund, q.state_capital, q.projects, f.doc_id, f.path
FROM filings f
JOIN documents d ON d.doc_id = f.doc_id AND d.path = f.path
JOIN quality_by_document q ON q.doc_id = f.doc_id AND q.path = f.path
ORDER BY unit_id, fiscal_year, stage, doc_id, path
