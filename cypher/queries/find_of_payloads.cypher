// Versions in force that hold some payloads, filtered.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, nodes, origins, payloads, starts, tags (null: not asked), content (pieces of canonical JSON),
//   after (cursor), first
// columns: version (properties), by record id
UNWIND $payloads AS payload
MATCH (n:Identity)<-[:OF]-(v:Version {payload: payload})
WHERE v.ns = $ns AND v.id > $after AND v.from_seq <= $seq AND v.to_seq > $seq
  AND ($valid_at IS NULL OR v.valid_from <= $valid_at AND v.valid_to > $valid_at)
  AND v.acl IN $acls AND NOT v.origin IN $without AND NOT v.node IN $without
  AND ($kinds IS NULL OR v.kind IN $kinds)
  AND ($nodes IS NULL OR v.node IN $nodes)
  AND ($origins IS NULL OR v.origin IN $origins)
  AND ($payloads IS NULL OR v.payload IN $payloads)
  AND v.node STARTS WITH $starts
  AND all(piece IN $content WHERE v.content CONTAINS piece)
  AND all(tag IN $tags WHERE EXISTS {
    MATCH (n)-[t:TAGGED|PAST]->(:Identity {id: tag})
    WHERE coalesce(t.kind, 'TAGGED') = 'TAGGED' AND t.from_seq <= $seq AND t.to_seq > $seq
      AND ($valid_at IS NULL OR t.valid_from <= $valid_at AND t.valid_to > $valid_at)
      AND t.acl IN $acls AND NOT t.origin IN $without
  } AND EXISTS {
    MATCH (:Identity {id: tag})<-[:OF]-(l:Version)
    WHERE l.from_seq <= $seq AND l.to_seq > $seq
      AND ($valid_at IS NULL OR l.valid_from <= $valid_at AND l.valid_to > $valid_at)
      AND l.acl IN $acls AND NOT l.origin IN $without AND NOT l.node IN $without
  })
RETURN properties(v) AS version
ORDER BY v.id
LIMIT $first
