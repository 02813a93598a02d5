// The versions in force of some nodes; of names that many sources give alike the first, with what was decided of them.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   nodes, kind (that of entities), kinds (of edges between them), fields (properties of a version), page (versions to a row)
// columns: versions (of each its fields, or null for an entity; its node; of an entity name, label, the first of the
//   versions that say the same (id, from_seq, to_seq, acl, origin, authority, valid_from, valid_to, valid_known, key), and
//   the edges that leave it: of each src, id, kind, from_seq, to_seq, acl, origin, authority, valid_from, valid_to,
//   valid_known, content, dst)
// Of the past, differences are asked: a range would send a young store through an index of all of it.
UNWIND $in.nodes AS id
MATCH (n:Identity {id: id})
USING INDEX n:Identity(id)
CALL (n) {
  WITH n
  WHERE n.kind <> $in.kind
  MATCH (n)<-[:OF]-(v)
  WHERE v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN [name IN $in.fields | v[name]] AS version, v.id AS record, null AS name, null AS label, null AS first, null AS edges
  UNION ALL
  WITH n
  WHERE n.kind = $in.kind
  MATCH (n)<-[:OF]-(v)
  WHERE v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq AND v.content IS NOT NULL
    AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  WITH n, v.name AS name, v.label AS label, min([v.id, v.from_seq, v.to_seq, v.acl, v.origin, v.authority,
    v.valid_from, v.valid_to, v.valid_known, v.key]) AS first
  RETURN null AS version, first[0] AS record, name, label, first, COLLECT {
    MATCH (n)-[e:SAME_AS|NOT_SAME_AS|PAST]->(d:Identity)
    WITH DISTINCT n, e, d
    WHERE coalesce(e.kind, type(e)) IN $in.kinds AND e.ns = $in.ns
      AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0
      AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
      AND e.acl IN $in.acls AND NOT e.origin IN $in.without
    RETURN [n.id, e.id, coalesce(e.kind, type(e)), e.from_seq, e.to_seq, e.acl, e.origin, e.authority, e.valid_from,
      e.valid_to, e.valid_known, e.content, d.id]
  } AS edges
}
WITH version, n.id AS node, name, label, first, edges, record
ORDER BY node, record
WITH collect([version, node, name, label, first, edges]) AS every
UNWIND range(0, size(every) - 1, $in.page) AS at
RETURN every[at..at + $in.page] AS versions
