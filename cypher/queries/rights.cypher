// What an agent may do in a namespace by the grants in force now, and which reader sets it belongs to.
// parameters: ns, agent (node id)
// columns: grants (contents of the open grants, JSON), acls
RETURN
  COLLECT {
    MATCH (:Identity {id: $in.agent})-[g:GRANTS]->(n:Identity)
    WHERE n.ns = $in.ns AND n.kind = 'Namespace'
    RETURN g.content
  } AS grants,
  COLLECT {
    MATCH (:Identity {id: $in.agent})-[:MEMBER_OF]->(r:ReaderSet)
    RETURN r.acl
    ORDER BY r.acl
  } AS acls
