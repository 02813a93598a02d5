// What the cubes among some nodes mention, are about, come before and are tagged with.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   nodes, kind (that of cubes), kinds (of edges), page (ends to a row)
// columns: ends (of each its node id, whether anything was ever decided of who it is, and the edges to it: of each src, id,
//   kind, from_seq, to_seq, acl, origin, authority, valid_from, valid_to, valid_known, content)
// Each end is looked at once, whatever leads to it. Many to a row, for a client unpacks few rows in less time. Of the past, differences are asked: a range would send a young
// store through an index of all of it.
UNWIND $in.nodes AS id
MATCH (s:Identity {id: id})
USING INDEX s:Identity(id)
WHERE s.kind = $in.kind AND EXISTS {
    MATCH (s)<-[:OF]-(a)
    WHERE a.from_seq <= $in.seq AND a.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR a.valid_from <= $in.valid_at AND a.valid_to > $in.valid_at)
      AND a.acl IN $in.acls AND NOT a.origin IN $in.without AND NOT a.node IN $in.without
  }
CALL (s) {
  MATCH (s)-[e:MENTIONS|ABOUT|NEXT|TAGGED]->(d:Identity) RETURN e, d, type(e) AS kind
  UNION ALL
  MATCH (s)-[e:PAST]->(d:Identity)
  WHERE e.kind IN $in.kinds AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0
  RETURN e, d, e.kind AS kind
}
WITH s, e, d, kind
WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
  AND e.acl IN $in.acls AND NOT e.origin IN $in.without
WITH d, collect([s.id, e.id, kind, e.from_seq, e.to_seq, e.acl, e.origin, e.authority, e.valid_from, e.valid_to,
  e.valid_known, e.content]) AS edges
WHERE EXISTS {
    MATCH (d)<-[:OF]-(b)
    WHERE b.from_seq <= $in.seq AND b.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR b.valid_from <= $in.valid_at AND b.valid_to > $in.valid_at)
      AND b.acl IN $in.acls AND NOT b.origin IN $in.without AND NOT b.node IN $in.without
  }
WITH d.id AS dst, edges, EXISTS { (d)-[:SAME_AS|NOT_SAME_AS|PAST]-(:Entity) } AS decided
ORDER BY dst
WITH collect([dst, decided, edges]) AS every
UNWIND range(0, size(every) - 1, $in.page) AS at
RETURN every[at..at + $in.page] AS ends
