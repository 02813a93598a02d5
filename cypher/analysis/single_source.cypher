// Which facts rest on one source alone, so that withdrawing it takes them along.
// parameters: namespace
// columns: fact (node id), words, source
MATCH (f:Identity {kind: 'Fact', ns: $namespace})<-[s:SUPPORTS]-(:MemCube)
WHERE f:Fact
WITH f, collect(DISTINCT s.origin) AS origins
WHERE size(origins) = 1
RETURN f.id AS fact,
  f.subject + CASE WHEN f.negated THEN ' not ' ELSE ' ' END + f.relation + CASE f.object WHEN '' THEN '' ELSE ' ' + f.object END AS words,
  head(COLLECT {
    MATCH (:Identity {id: origins[0]})<-[:OF]-(o:Version) RETURN o.name ORDER BY o.to_seq DESC LIMIT 1
  }) AS source
ORDER BY words, fact
