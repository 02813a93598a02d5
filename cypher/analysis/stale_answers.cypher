// Which answers rest on content that is no longer in force: withdrawn, or worded otherwise by now.
// parameters: namespace
// columns: answer (node id), question, asked, cube (node id), text (as it was used), source, verb, actor
//   (name), reason (of the change that ended it)
MATCH (r:Identity {kind: 'Injection', ns: $namespace})-[u:DERIVED_FROM {role: 'use'}]->(c:Identity)
WHERE NOT EXISTS { MATCH (c)<-[:OF]-(w:Now) WHERE u.content CONTAINS w.payload }
WITH r, u, c, head(COLLECT {
  MATCH (c)<-[:OF]-(v:Version) WHERE u.content CONTAINS v.payload
  RETURN v ORDER BY v.to_seq DESC LIMIT 1
}) AS v
MATCH (e:Change {seq: v.to_seq})
RETURN r.id AS answer, r.question AS question,
  head(COLLECT {
    MATCH (q:Change {seq: u.from_seq})
    RETURN datetime.fromEpoch(q.at / 1000000, q.at % 1000000 * 1000)
  }) AS asked, c.id AS cube, v.text AS text,
  head(COLLECT {
    MATCH (:Identity {id: v.origin})<-[:OF]-(o:Version) RETURN o.name ORDER BY o.to_seq DESC LIMIT 1
  }) AS source, e.verb AS verb,
  head(COLLECT {
    MATCH (:Identity {id: e.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, e.reason AS reason
ORDER BY asked, answer, cube
