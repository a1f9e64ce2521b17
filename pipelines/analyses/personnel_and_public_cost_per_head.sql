-- title: Personnel and public cost per head
-- grain: unit_id, scope, fiscal_year, stage
-- sums: personnel, public
-- description: Personnel and public cost out of general public money and what they come to for each of the staff that the document states, in yuan. Only documents that state their staff. A department whose units publish for themselves is left out: its staff is with theirs.
-- chart: bar x=unit_name y=personnel_per_head
SELECT
  o.unit_id, o.unit_name, o.scope, o.fiscal_year, o.stage, o.region, s.staff,
  s.kind AS staff_kind, s.line AS staff_line, o.personnel, o.public,
  CAST(ROUND(CAST(o.personnel AS DOUBLE) / NULLIF(s.staff, 0), 2) AS DECIMAL(20,2)) AS personnel_per_head,
  CAST(ROUND(CAST(o.public AS DOUBLE) / NULLIF(s.staff, 0), 2) AS DECIMAL(20,2)) AS public_per_head,
  o.doc_id, o.path
FROM unit_year_overview o
JOIN staff_by_document s ON s.doc_id = o.doc_id AND s.path = o.path
WHERE s.staff > 0 AND o.part <> 'rest'
ORDER BY unit_id, scope, fiscal_year, stage
