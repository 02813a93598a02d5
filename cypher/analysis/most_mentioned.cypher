// Which entities are mentioned most: in how many cubes, of how many sources.
// parameters: namespace, first (how many)
// columns: entity (node id), name, label, cubes, sources
MATCH (e:Identity {kind: 'Entity', ns: $namespace})<-[m:MENTIONS]-(c:MemCube)
WHERE e:Entity
RETURN e.id AS entity, e.name AS name, e.label AS label, count(DISTINCT c) AS cubes,
  count(DISTINCT m.origin) AS sources
ORDER BY cubes DESC, sources DESC, name, entity
LIMIT toInteger($first)
