// What was retracted, by whom and why, and whether it has come back since.
// parameters: namespace
// columns: seq, at, actor (name), reason, kind, node (node id), words, standing (whether it is there again)
MATCH (c:Change)
WHERE c.ns = $namespace AND c.seq > 0 AND c.verb = 'retract'
MATCH (v:Version {to_seq: c.seq})-[:OF]->(n:Identity)
WHERE c.note CONTAINS n.id
WITH c, n, head(collect(v)) AS v
RETURN c.seq AS seq, datetime.fromEpoch(c.at / 1000000, c.at % 1000000 * 1000) AS at,
  head(COLLECT {
    MATCH (:Identity {id: c.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, c.reason AS reason, n.kind AS kind, n.id AS node,
  CASE n.kind
    WHEN 'MemCube' THEN v.text
    WHEN 'Fact' THEN v.subject + CASE WHEN v.negated THEN ' not ' ELSE ' ' END + v.relation + CASE v.object WHEN '' THEN '' ELSE ' ' + v.object END
    ELSE v.name
  END AS words,
  n.shown IS NOT NULL AS standing
ORDER BY seq, kind, node
