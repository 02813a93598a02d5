// Every node as it lies, whatever it is; `verify` reads them all.
// columns: labels, properties, of (node ids that it is a version of)
// allowed AllNodesScan: verify reads everything, what should not be there above all
MATCH (n)
RETURN labels(n) AS labels,
  CASE WHEN n:Derived THEN n {.record, .producer, .ns, keys: keys(n)} ELSE properties(n) END AS properties,
  [(n)-[:OF]->(i) | i.id] AS of
