// Who may read a node: all who may read its namespace, unless it or its source is restricted.
// parameters: node (node id)
// columns: reader (name), role (in the namespace), restricted
MATCH (n:Identity {id: $node})<-[:OF]-(v:Now)
MATCH (s:Identity {kind: 'Namespace', ns: n.ns})<-[g:GRANTS]-(a:Identity)
WHERE v.acl = 0 OR EXISTS { MATCH (a)-[:MEMBER_OF]->(:ReaderSet {acl: v.acl}) }
RETURN DISTINCT a.name AS reader, g.role AS role, v.acl <> 0 AS restricted
ORDER BY reader, role
