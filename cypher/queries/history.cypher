// Every interval of every version of a node, oldest first.
// parameters: ns, seq (pinned), acls, without, node
// columns: version (properties)
MATCH (:Identity {id: $in.node})<-[:OF]-(v)
WHERE v.ns = $in.ns AND v.from_seq <= $in.seq
  AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
RETURN properties(v) AS version
ORDER BY v.from_seq, v.id
