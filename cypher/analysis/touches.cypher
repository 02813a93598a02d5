// What a cube touches: the entities it mentions or is about, and the facts it states.
// parameters: cube (node id)
// columns: how (type of the relationship), node (node id), words
MATCH (c:Identity {id: $cube})-[e:MENTIONS|ABOUT|SUPPORTS]->(n:Entity|Fact)
WHERE c:MemCube
RETURN type(e) AS how, n.id AS node,
  coalesce(n.name, n.subject + CASE WHEN n.negated THEN ' not ' ELSE ' ' END + n.relation + CASE n.object WHEN '' THEN '' ELSE ' ' + n.object END) AS words
ORDER BY how, words, node
