// Every interval of every version of a node, oldest first.
// parameters: ns, seq (pinned), acls, without, node
// columns: version (properties)
MATCH (:Identity {id: $node})<-[:OF]-(v:Version)
WHERE v.ns = $ns AND v.from_seq <= $seq
  AND v.acl IN $acls AND NOT v.origin IN $without AND NOT v.node IN $without
RETURN properties(v) AS version
ORDER BY v.from_seq, v.id
