// Every relationship as it lies, whatever it is; `verify` reads them all.
// columns: type, properties, src, dst (node ids; null where an end is no identity), reader_set (where it
//   leads to one)
// allowed AllRelationshipsScan: verify reads everything, what should not be there above all
MATCH (s)-[e]->(d)
RETURN type(e) AS type, properties(e) AS properties,
  CASE WHEN s:Identity THEN s.id END AS src, CASE WHEN d:Identity THEN d.id END AS dst,
  CASE WHEN d:ReaderSet THEN d.acl END AS reader_set
