// What some nodes are, and whether a version of each is in force.
// parameters: ns, seq (pinned), acls, without, valid_at (or null), nodes
// columns: node, kind, alive
UNWIND $in.nodes AS id
MATCH (n:Identity {id: id})
RETURN n.id AS node, n.kind AS kind, EXISTS {
  MATCH (n)<-[:OF]-(v:Version)
  WHERE v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
} AS alive
