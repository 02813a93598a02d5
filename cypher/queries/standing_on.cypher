// The versions that stand on some nodes, by the reader sets of their node and their origin.
// parameters: nodes
// columns: element, node, origin (the two reader sets)
UNWIND $in.nodes AS id
CALL (id) {
  MATCH (v:Version)-[:OF]->(n:Identity {id: id}) RETURN v, n
  UNION
  MATCH (v:Version {origin: id})-[:OF]->(n) RETURN v, n
}
MATCH (o:Identity {id: v.origin})
RETURN DISTINCT elementId(v) AS element, n.acl AS node, o.acl AS origin
