// The versions in force of some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time), nodes
// columns: version (properties), in the order asked, oldest first
UNWIND range(0, size($nodes) - 1) AS place
MATCH (:Identity {id: $nodes[place]})<-[:OF]-(v:Version)
WHERE v.ns = $ns AND v.from_seq <= $seq AND v.to_seq > $seq
  AND ($valid_at IS NULL OR v.valid_from <= $valid_at AND v.valid_to > $valid_at)
  AND v.acl IN $acls AND NOT v.origin IN $without AND NOT v.node IN $without
RETURN properties(v) AS version
ORDER BY place, v.from_seq, v.id
