// What an answer rests on: the sentences that were given out, with their sources as they stood.
// parameters: answer (node id)
// columns: source, uri, cube (node id), sentence, standing (whether the cube still says so)
MATCH (r:Identity {id: $answer})-[u:DERIVED_FROM {role: 'use'}]->(c:Identity)
WITH u, c, head(COLLECT {
  MATCH (c)<-[:OF]-(v:Version) WHERE u.content CONTAINS v.payload
  RETURN v ORDER BY v.to_seq DESC LIMIT 1
}) AS v
WITH u, c, v, head(COLLECT {
  MATCH (:Identity {id: v.origin})<-[:OF]-(o:Version) RETURN o ORDER BY o.to_seq DESC LIMIT 1
}) AS o
UNWIND coalesce(split(split(split(u.content, '"spans":[[')[1], ']]')[0], '],['), ['0,' + size(v.text)]) AS span
WITH c, v, o, toInteger(split(span, ',')[0]) AS start, toInteger(split(span, ',')[1]) AS end
RETURN o.name AS source, o.uri AS uri, c.id AS cube, substring(v.text, start, end - start) AS sentence,
  v:Now AS standing
ORDER BY source, cube, start
