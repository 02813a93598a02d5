// What artefacts were made of, with what that was made of in turn, closed edges too.
// parameters: ns, seq (pinned), acls, without, valid_at (or null), nodes, down (whether to begin with all that
//   was made of the nodes, instead of with the nodes), mark (what the content of an edge of use contains),
//   before and quote (what stands before the payload there, and what ends it)
// columns: artefacts (that were made of the same), kind (of them), alive (whether versions of them are in force),
//   of (what they were made of: source, payload and whether a version in force holds that and nobody erased it)
UNWIND $in.nodes AS id
MATCH (n:Identity {id: id})
CALL (n) {
  WITH n
  WHERE NOT $in.down
  RETURN n AS begun
  UNION
  WITH n
  WHERE $in.down
  MATCH (n)<-[es:DERIVED_FROM|PAST*0..]-(a)
  WHERE all(e IN es WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls
    AND NOT e.origin IN $in.without AND e.content CONTAINS $in.mark)
  RETURN DISTINCT a AS begun
}
WITH DISTINCT begun
MATCH (begun)-[es:DERIVED_FROM|PAST*0..]->(m)
WHERE all(e IN es WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls
  AND NOT e.origin IN $in.without AND e.content CONTAINS $in.mark)
WITH DISTINCT m
MATCH (m)-[e:DERIVED_FROM|PAST]->(s)
WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls
  AND NOT e.origin IN $in.without AND e.content CONTAINS $in.mark
WITH DISTINCT m, s, split(split(e.content, $in.before)[1], $in.quote)[0] AS payload
// very many were made of the same: a pin is looked at once, and those who share all of theirs are told together
WITH s.id AS source, payload, collect(m) AS makers
WITH source, payload, makers, EXISTS {
  MATCH (w:Version)
  USING INDEX w:Version(payload)
  WHERE w.payload = payload AND w.payload_salt IS NOT NULL
    AND w.ns = $in.ns AND w.from_seq <= $in.seq AND w.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR w.valid_from <= $in.valid_at AND w.valid_to > $in.valid_at)
    AND w.acl IN $in.acls AND NOT w.origin IN $in.without AND NOT w.node IN $in.without
} AS standing
UNWIND makers AS m
WITH m, collect([source, payload, standing]) AS of
WITH m.id AS id, m.kind AS kind, of, EXISTS {
  MATCH (m)<-[:OF]-(v)
  WHERE v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
} AS alive
RETURN kind, alive, of, collect(id) AS artefacts
