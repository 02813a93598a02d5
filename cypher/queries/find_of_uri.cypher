// Sources in force whose uri begins in one of some ways, filtered.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, nodes, origins, payloads, starts, tags (null: not asked), content (pieces of canonical JSON),
//   under (how uris begin, none the beginning of another), after (cursor), first
// columns: version (properties), by record id
UNWIND $in.under AS value
CALL (value) {
  MATCH (n)<-[:OF]-(v:Version)
  USING INDEX SEEK v:Version(ns, uri)
  WHERE v.ns = $in.ns AND v.uri STARTS WITH value AND v.id > $in.after AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
    AND ($in.kinds IS NULL OR v.kind IN $in.kinds)
    AND ($in.nodes IS NULL OR v.node IN $in.nodes)
    AND ($in.origins IS NULL OR v.origin IN $in.origins)
    AND ($in.payloads IS NULL OR v.payload IN $in.payloads)
    AND v.node STARTS WITH $in.starts
    AND all(piece IN $in.content WHERE v.content CONTAINS piece)
    AND all(tag IN $in.tags WHERE EXISTS {
      MATCH (n)-[t:TAGGED|PAST]->(:Identity {id: tag})
      WHERE coalesce(t.kind, 'TAGGED') = 'TAGGED' AND t.from_seq <= $in.seq AND t.to_seq > $in.seq
        AND ($in.valid_at IS NULL OR t.valid_from <= $in.valid_at AND t.valid_to > $in.valid_at)
        AND t.acl IN $in.acls AND NOT t.origin IN $in.without
    } AND EXISTS {
      MATCH (:Identity {id: tag})<-[:OF]-(l)
      WHERE l.from_seq <= $in.seq AND l.to_seq > $in.seq
        AND ($in.valid_at IS NULL OR l.valid_from <= $in.valid_at AND l.valid_to > $in.valid_at)
        AND l.acl IN $in.acls AND NOT l.origin IN $in.without AND NOT l.node IN $in.without
    })
  RETURN v
  ORDER BY v.id
  LIMIT $in.first
}
RETURN properties(v) AS version
ORDER BY v.id
LIMIT $in.first
