// Inserts nodes with their versions and nothing else: what a commit is measured against.
// parameters: rows {node, version}
// columns: none
UNWIND $rows AS row
CREATE (n:BareIdentity:MemCube) SET n = row.node
CREATE (v:BareVersion:BareNow)-[:OF]->(n) SET v = row.version
