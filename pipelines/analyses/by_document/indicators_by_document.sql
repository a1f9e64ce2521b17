-- title: Performance forms of each document
-- grain: doc_id, path, project
-- sums: none
-- description: One row a project with a performance form: its money in yuan, how many indicators it has, how many of them with a target in figures and with a result, and what their weights come to (100, or 90 where 10 are for the budget's execution).
-- chart: none
SELECT
  doc_id, path, COALESCE(project, '') AS project, MAX(project_amount) AS project_amount,
  CAST(COUNT(*) AS INTEGER) AS indicators,
  CAST(SUM(CASE WHEN target_value IS NOT NULL THEN 1 ELSE 0 END) AS INTEGER) AS with_target,
  CAST(SUM(CASE WHEN actual IS NOT NULL THEN 1 ELSE 0 END) AS INTEGER) AS with_result,
  CAST(SUM(weight) AS DECIMAL(20,2)) AS weights, MIN(line) AS line
FROM indicators
GROUP BY doc_id, path, COALESCE(project, '')
ORDER BY doc_id, path, project
