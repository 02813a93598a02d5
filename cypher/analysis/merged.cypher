// Which names mean one entity by somebody's decision.
// parameters: namespace
// columns: entity (node id), name, same_as (node id), same_as_name, seq, at, actor (name), reason
MATCH (a:Entity)-[e:SAME_AS]->(b:Entity)
WHERE e.ns = $namespace AND e.id > ''
MATCH (c:Change {seq: e.from_seq})
RETURN a.id AS entity, a.name AS name, b.id AS same_as, b.name AS same_as_name, c.seq AS seq,
  datetime.fromEpoch(c.at / 1000000, c.at % 1000000 * 1000) AS at,
  head(COLLECT {
    MATCH (:Identity {id: c.actor})<-[:OF]-(v:Version) RETURN v.name ORDER BY v.to_seq DESC LIMIT 1
  }) AS actor, c.reason AS reason
ORDER BY seq, name
