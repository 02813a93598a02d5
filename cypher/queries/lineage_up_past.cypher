// One step of lineage up, closed edges too: every interval that began by the pinned sequence.
// parameters: ns, seq (pinned), acls, without, nodes
// columns: edge (properties), src, dst (node ids), newest first
UNWIND $in.nodes AS id
MATCH (s:Identity {id: id})
CALL (s) {
  MATCH (s:Identity)-[e:DERIVED_FROM]->(d:Identity) RETURN e, d
  UNION ALL
  MATCH (s:Identity)-[e:PAST]->(d:Identity) WHERE e.kind = 'DERIVED_FROM' RETURN e, d
}
WITH s, e, d
WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls AND NOT e.origin IN $in.without
RETURN properties(e) AS edge, s.id AS src, d.id AS dst
ORDER BY e.from_seq DESC, e.id
