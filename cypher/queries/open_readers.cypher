// Who may read some nodes by the grants that stand open.
// parameters: nodes
// columns: node, kind, acl (as it is now), readers (ids of agents, in order)
UNWIND $in.nodes AS id
MATCH (n:Identity {id: id})
RETURN n.id AS node, n.kind AS kind, n.acl AS acl, COLLECT {
  MATCH (a:Identity)-[:GRANTS]->(n)
  RETURN DISTINCT a.id
  ORDER BY a.id
} AS readers
