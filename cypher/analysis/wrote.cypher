// Who wrote these words: the cubes whose text holds them, letter by letter.
// parameters: namespace, words
// columns: source, uri, author, speaker, stated, cube (node id), text
MATCH (c:Identity {kind: 'MemCube', ns: $namespace})
WHERE c:MemCube AND c.text CONTAINS $words
MATCH (c)<-[:OF]-(v:Now)
OPTIONAL MATCH (c)-[:DERIVED_FROM]->(o:Source)
WITH o, c, v, toInteger(split(split(split(v.content, '"stated":')[1], ',')[0], '}')[0]) AS stated
RETURN o.name AS source, o.uri AS uri, o.author AS author,
  replace(split(split(v.content, '"speaker":"')[1], '","')[0], '\\"', '"') AS speaker,
  CASE WHEN stated IS NOT NULL THEN datetime.fromEpoch(stated / 1000000, 0) END AS stated,
  c.id AS cube, c.text AS text
ORDER BY stated, source, cube
