// What people said of answers and cubes: whether they helped or misled.
// parameters: namespace
// columns: verdict, kind, node (node id), words, at, actor (name), reason
MATCH (d:Identity {kind: 'Decision', ns: $namespace})-[e:ABOUT]->(n:Identity)
WHERE d:Decision AND n.shown IS NOT NULL
MATCH (c:Change {seq: e.from_seq})
RETURN split(split(e.content, '"verdict":"')[1], '"')[0] AS verdict, n.kind AS kind, n.id AS node,
  coalesce(n.question, n.text) AS words,
  datetime.fromEpoch(c.at / 1000000, c.at % 1000000 * 1000) AS at,
  head(COLLECT {
    MATCH (:Identity {id: c.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, c.reason AS reason
ORDER BY at, node
