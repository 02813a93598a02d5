// Who said this: the sentences that state a fact, where they stand, who wrote them and when.
// parameters: fact (node id)
// columns: source, uri, author, speaker, stated, cube (node id), sentence
MATCH (f:Identity {id: $fact})<-[s:SUPPORTS]-(c:MemCube)-[:DERIVED_FROM]->(o:Source)
WHERE f:Fact
MATCH (c)<-[:OF]-(v:Now)
UNWIND split(split(split(s.content, '"spans":[[')[1], ']]')[0], '],[') AS span
WITH o, c, v, toInteger(split(split(split(v.content, '"stated":')[1], ',')[0], '}')[0]) AS stated,
  toInteger(split(span, ',')[0]) AS start, toInteger(split(span, ',')[1]) AS end
RETURN o.name AS source, o.uri AS uri, o.author AS author,
  replace(split(split(v.content, '"speaker":"')[1], '","')[0], '\\"', '"') AS speaker,
  CASE WHEN stated IS NOT NULL THEN datetime.fromEpoch(stated / 1000000, 0) END AS stated,
  c.id AS cube, substring(c.text, start, end - start) AS sentence
ORDER BY stated, source, start
