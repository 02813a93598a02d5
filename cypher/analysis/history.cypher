// What a node said before: each of its versions, from when to when, and who brought or ended it.
// parameters: node (node id)
// columns: from_seq, to_seq (null where it stands), since, until, words, verb, actor (name), reason (of the
//   change that brought it)
MATCH (n:Identity {id: $node})<-[:OF]-(v:Version)
MATCH (b:Change {seq: v.from_seq})
OPTIONAL MATCH (e:Change {seq: v.to_seq})
RETURN v.from_seq AS from_seq, e.seq AS to_seq,
  datetime.fromEpoch(b.at / 1000000, b.at % 1000000 * 1000) AS since,
  CASE WHEN e IS NOT NULL THEN datetime.fromEpoch(e.at / 1000000, e.at % 1000000 * 1000) END AS until,
  CASE n.kind
    WHEN 'MemCube' THEN v.text
    WHEN 'Fact' THEN v.subject + CASE WHEN v.negated THEN ' not ' ELSE ' ' END + v.relation + CASE v.object WHEN '' THEN '' ELSE ' ' + v.object END
    ELSE coalesce(v.name, v.question, v.verb, v.title)
  END AS words,
  b.verb AS verb,
  head(COLLECT {
    MATCH (:Identity {id: b.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, b.reason AS reason
ORDER BY from_seq, v.id
