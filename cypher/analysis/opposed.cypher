// Which statements supersede or contradict others because somebody, or a source, says so.
// parameters: namespace
// columns: one (node id), one_words, how (SUPERSEDES or CONTRADICTS), other (node id), other_words, actor
//   (name), reason
CALL () {
  MATCH (one:Identity)-[e:SUPERSEDES]->(other:Identity) WHERE e.ns = $namespace AND e.id > '' RETURN one, e, other
  UNION ALL
  MATCH (one:Identity)-[e:CONTRADICTS]->(other:Identity) WHERE e.ns = $namespace AND e.id > '' RETURN one, e, other
}
WITH one, e, other
WHERE one.shown IS NOT NULL AND other.shown IS NOT NULL
MATCH (c:Change {seq: e.from_seq})
RETURN one.id AS one,
  coalesce(one.text, one.subject + CASE WHEN one.negated THEN ' not ' ELSE ' ' END + one.relation + CASE one.object WHEN '' THEN '' ELSE ' ' + one.object END) AS one_words,
  type(e) AS how, other.id AS other,
  coalesce(other.text, other.subject + CASE WHEN other.negated THEN ' not ' ELSE ' ' END + other.relation + CASE other.object WHEN '' THEN '' ELSE ' ' + other.object END) AS other_words,
  head(COLLECT {
    MATCH (:Identity {id: c.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, c.reason AS reason
ORDER BY how, one_words, other_words
