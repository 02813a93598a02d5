// Inserts relationships and nothing else.
// parameters: rows {kind, src, dst, edge}
// columns: none
UNWIND $rows AS row
MATCH (s:BareIdentity {id: row.src})
MATCH (d:BareIdentity {id: row.dst})
CREATE (s)-[e:$(row.kind)]->(d) SET e = row.edge
