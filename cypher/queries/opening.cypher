// What a database holds, read when a store is opened.
// columns: store (properties of the store's own node, or null), migrations (number, name, checksum),
//   nodes (how many there are besides those of a schema that is still being made)
// allowed NodeByLabelScan: the store's own node and its migrations are a handful
RETURN
  head(COLLECT { MATCH (s:Memcubes) RETURN properties(s) }) AS store,
  COLLECT { MATCH (m:Migration) RETURN [m.number, m.name, m.checksum] ORDER BY m.number } AS migrations,
  COUNT { MATCH (n) } - COUNT { MATCH (:Migration) } - COUNT { MATCH (:Head) } AS nodes
