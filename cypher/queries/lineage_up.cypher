// One step of lineage up: what some nodes were made from.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time), nodes, first
// columns: edge (properties), src, dst (node ids), newest first
UNWIND $nodes AS id
MATCH (s:Identity {id: id})
CALL (s) {
  MATCH (s:Identity)-[e:DERIVED_FROM]->(d:Identity) RETURN e, d
  UNION ALL
  MATCH (s:Identity)-[e:PAST]->(d:Identity) WHERE e.kind = 'DERIVED_FROM' AND e.from_seq <= $seq AND e.to_seq > $seq RETURN e, d
}
WITH s, e, d
WHERE e.ns = $ns AND e.from_seq <= $seq AND e.to_seq > $seq
  AND ($valid_at IS NULL OR e.valid_from <= $valid_at AND e.valid_to > $valid_at)
  AND e.acl IN $acls AND NOT e.origin IN $without
  AND EXISTS {
    MATCH (s)<-[:OF]-(a:Version)
    WHERE a.from_seq <= $seq AND a.to_seq > $seq
      AND ($valid_at IS NULL OR a.valid_from <= $valid_at AND a.valid_to > $valid_at)
      AND a.acl IN $acls AND NOT a.origin IN $without AND NOT a.node IN $without
  }
  AND EXISTS {
    MATCH (d)<-[:OF]-(b:Version)
    WHERE b.from_seq <= $seq AND b.to_seq > $seq
      AND ($valid_at IS NULL OR b.valid_from <= $valid_at AND b.valid_to > $valid_at)
      AND b.acl IN $acls AND NOT b.origin IN $without AND NOT b.node IN $without
  }
RETURN properties(e) AS edge, s.id AS src, d.id AS dst
ORDER BY e.from_seq DESC, e.id
LIMIT $first
