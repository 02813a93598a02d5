// Which statements call themselves corrections, and what else is said of the same subject that they
// speak against: by the value that they name, or by the same relation.
// parameters: namespace
// columns: fact (node id), words, instead_of (as said), source, other (node id), other_words
MATCH (v:Version)
WHERE v.ns = $namespace AND v.kind = 'Fact' AND v.id > '' AND v:Now AND v.content CONTAINS '"correction":true'
MATCH (v)-[:OF]->(f:Fact)<-[:SUPPORTS {origin: v.origin}]-(:MemCube)
MATCH (o:Identity {id: v.origin})
WITH DISTINCT v, f, o,
  replace(split(split(v.content, '"instead_of":"')[1], '","')[0], '\\"', '"') AS instead_of
OPTIONAL MATCH (f)<-[:SUBJECT_OF]-(:Entity)-[:SUBJECT_OF]->(g:Fact)
WHERE g <> f AND (g.relation = f.relation AND g.negated = f.negated OR instead_of ENDS WITH g.object)
RETURN DISTINCT f.id AS fact,
  v.subject + CASE WHEN v.negated THEN ' not ' ELSE ' ' END + v.relation + CASE v.object WHEN '' THEN '' ELSE ' ' + v.object END AS words,
  instead_of, o.name AS source, g.id AS other,
  g.subject + CASE WHEN g.negated THEN ' not ' ELSE ' ' END + g.relation + CASE g.object WHEN '' THEN '' ELSE ' ' + g.object END AS other_words
ORDER BY words, source, other_words
