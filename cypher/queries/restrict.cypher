// Sets the readers of some nodes.
// parameters: nodes {node, acl}
// columns: none
UNWIND $in.nodes AS row
MATCH (n:Identity {id: row.node})
SET n.acl = row.acl
