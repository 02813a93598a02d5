// Which nodes carry which tags.
// parameters: namespace
// columns: tag (name), kind, node (node id), words
MATCH (n:Identity)-[e:TAGGED]->(t:Tag)
WHERE e.ns = $namespace AND e.id > '' AND n.shown IS NOT NULL
RETURN t.name AS tag, n.kind AS kind, n.id AS node,
  coalesce(n.text, n.name, n.question, n.subject + CASE WHEN n.negated THEN ' not ' ELSE ' ' END + n.relation + CASE n.object WHEN '' THEN '' ELSE ' ' + n.object END) AS words
ORDER BY tag, kind, words, node
