// What was made from a source: its cubes, the facts they state, the answers that used them, the past included.
// parameters: source (node id)
// columns: kind, node (node id), words, standing (whether it is still there)
MATCH (:Identity {id: $source})<-[e:DERIVED_FROM|PAST]-(c:Identity)
WHERE coalesce(e.kind, type(e)) = 'DERIVED_FROM'
CALL (c) {
  RETURN c AS n
  UNION
  MATCH (c)-[s:SUPPORTS|PAST]->(f:Identity)
  WHERE coalesce(s.kind, type(s)) = 'SUPPORTS'
  RETURN f AS n
  UNION
  MATCH (c)<-[u:DERIVED_FROM|PAST]-(r:Identity)
  WHERE coalesce(u.kind, type(u)) = 'DERIVED_FROM'
  RETURN r AS n
}
WITH DISTINCT n
WITH n, head(COLLECT {
  MATCH (n)<-[:OF]-(v:Version) RETURN v ORDER BY v.to_seq DESC, v.from_seq DESC, v.id LIMIT 1
}) AS v
RETURN n.kind AS kind, n.id AS node,
  CASE n.kind
    WHEN 'MemCube' THEN v.text
    WHEN 'Fact' THEN v.subject + CASE WHEN v.negated THEN ' not ' ELSE ' ' END + v.relation + CASE v.object WHEN '' THEN '' ELSE ' ' + v.object END
    ELSE v.question
  END AS words,
  n.shown IS NOT NULL AS standing
ORDER BY kind, words, node
