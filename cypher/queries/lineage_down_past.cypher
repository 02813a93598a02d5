// One step of lineage down, closed edges too: every interval that began by the pinned sequence.
// parameters: ns, seq (pinned), acls, without, nodes
// columns: edge (properties), src, dst (node ids), newest first
UNWIND $in.nodes AS id
MATCH (d:Identity {id: id})
CALL (d) {
  MATCH (s:Identity)-[e:DERIVED_FROM]->(d:Identity) RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:PAST]->(d:Identity) WHERE e.kind = 'DERIVED_FROM' RETURN e, s
}
WITH s, e, d
WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls AND NOT e.origin IN $in.without
RETURN properties(e) AS edge, s.id AS src, d.id AS dst
ORDER BY e.from_seq DESC, e.id
