// The versions in force of some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time), nodes
// columns: version (properties), in the order asked, oldest first
UNWIND range(0, size($in.nodes) - 1) AS place
MATCH (n:Identity {id: $in.nodes[place]})<-[:OF]-(v)
USING INDEX n:Identity(id)
WHERE v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
  AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
RETURN properties(v) AS version
ORDER BY place, v.from_seq, v.id
