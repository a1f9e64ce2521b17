-- title: Staff that documents state
-- grain: doc_id, path
-- sums: none
-- description: How many people a document says that it has: those in post (在职, 在编, 实有) of its own year, else the posts it is allowed (编制). Only documents that state any.
-- chart: none
WITH counts AS (
  SELECT
    s.doc_id, s.path, s.line, s.label, CAST(s.value AS INTEGER) AS people,
    CASE
      WHEN s.label LIKE '%离退休%' OR s.label LIKE '%退休%' OR s.label LIKE '%离休%' THEN 9
      WHEN s.label LIKE '%在职%' OR s.label LIKE '%在编%' OR s.label LIKE '%实有%' THEN 1
      WHEN s.label LIKE '%编制%' THEN 2
      ELSE 3
    END AS choice
  FROM statements s
  WHERE s.topic = 'staff' AND s.kind = 'count' AND s.unit IN ('人', '名')
),
ranked AS (
  SELECT
    doc_id, path, line, label, people, choice,
    ROW_NUMBER() OVER (PARTITION BY doc_id, path ORDER BY choice, line, label) AS nth
  FROM counts WHERE choice < 9
)
SELECT doc_id, path, people AS staff, label, line,
  CASE choice WHEN 1 THEN 'in_post' WHEN 2 THEN 'posts' ELSE 'people' END AS kind
FROM ranked WHERE nth = 1
ORDER BY doc_id, path
