// What an entity stands beside: entities that the same cubes mention, and how many facts join the two.
// parameters: namespace, name (as a source writes it)
// columns: entity (node id), name, label, cubes, facts
MATCH (a:Identity {kind: 'Entity', ns: $namespace})
WHERE a:Entity AND a.name = $name
MATCH (a)<-[:MENTIONS]-(c:MemCube)-[:MENTIONS]->(b:Entity)
WITH a, b, count(DISTINCT c) AS cubes
RETURN b.id AS entity, b.name AS name, b.label AS label, cubes, COUNT {
  MATCH (a)-[:SUBJECT_OF|OBJECT_OF]->(f:Fact)<-[:SUBJECT_OF|OBJECT_OF]-(b)
  RETURN DISTINCT f
} AS facts
ORDER BY cubes DESC, name, entity
