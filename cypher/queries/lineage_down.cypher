// One step of lineage down: what was made from some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time), nodes, first
// columns: edge (properties), src, dst (node ids), newest first
// Of the past, differences are asked: a range would send a young store through an index of all of it.
UNWIND $in.nodes AS id
MATCH (d:Identity {id: id})
CALL (d) {
  MATCH (s:Identity)-[e:DERIVED_FROM]->(d:Identity) RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:PAST]->(d:Identity) WHERE e.kind = 'DERIVED_FROM' AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN e, s
}
WITH s, e, d
WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
  AND e.acl IN $in.acls AND NOT e.origin IN $in.without
  AND EXISTS {
    MATCH (s)<-[:OF]-(a)
    WHERE a.from_seq <= $in.seq AND a.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR a.valid_from <= $in.valid_at AND a.valid_to > $in.valid_at)
      AND a.acl IN $in.acls AND NOT a.origin IN $in.without AND NOT a.node IN $in.without
  }
  AND EXISTS {
    MATCH (d)<-[:OF]-(b)
    WHERE b.from_seq <= $in.seq AND b.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR b.valid_from <= $in.valid_at AND b.valid_to > $in.valid_at)
      AND b.acl IN $in.acls AND NOT b.origin IN $in.without AND NOT b.node IN $in.without
  }
RETURN properties(e) AS edge, s.id AS src, d.id AS dst
ORDER BY e.from_seq DESC, e.id
LIMIT $in.first
