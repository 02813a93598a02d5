// Which cubes stand although no source of theirs does.
// parameters: namespace
// columns: cube (node id), title, text
MATCH (c:Identity {kind: 'MemCube', ns: $namespace})
WHERE c:MemCube AND NOT EXISTS { MATCH (c)-[:DERIVED_FROM]->(:Source) }
RETURN c.id AS cube, c.title AS title, c.text AS text
ORDER BY title, cube
