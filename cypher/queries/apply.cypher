// Writes a whole change: what it ends, brings back, destroys and opens, its leaf, and the new head.
// parameters: seq, open (the end of an open interval), head (properties), change (properties),
//   close_versions, close_edges (element ids), reopen_versions {element, blank}, reopen_edges {id,
//   from_seq, blank}, shred_versions, shred_edges (element ids), shred_closed (pairs of edge id and
//   from_seq, of edges that this change closes as well), blank_version, blank_edge (what destroying
//   leaves), lose (payload digests), underive (record ids), nodes {kind, properties}, versions {node,
//   kind, properties, face}, edges {src, dst, kind, properties}, tagged {node, tags}, reface (node ids)
// columns: seq
// allowed Eager: each part begins when the one before has ended, and a change is bounded
// allowed CartesianProduct: both ends of an edge are found by their unique ids
// The types are listed because a store that is new would otherwise be planned to read all relationships.
MATCH (h:Head {one: 1})
SET h += $in.head
CREATE (c:Change)
SET c = $in.change
WITH h
CALL () {
  UNWIND $in.close_versions AS element
  MATCH (v:Version) WHERE elementId(v) = element
  SET v.to_seq = $in.seq
  REMOVE v:Now
}
CALL () {
  UNWIND $in.close_edges AS element
  MATCH (s)-[e:DERIVED_FROM|MENTIONS|ABOUT|TAGGED|SUBJECT_OF|OBJECT_OF|SUPPORTS
    |NEXT|GRANTS|SAME_AS|NOT_SAME_AS|SUPERSEDES|CONTRADICTS]->(d)
  WHERE elementId(e) = element
  CREATE (s)-[p:PAST]->(d)
  SET p = e {.*, kind: type(e), to_seq: $in.seq}
  DELETE e
}
CALL () {
  UNWIND $in.reopen_versions AS row
  MATCH (v:Version)-[:OF]->(n) WHERE elementId(v) = row.element
  CREATE (w:Version:Now)-[:OF]->(n)
  SET w = v {.*, from_seq: $in.seq, to_seq: $in.open}, w += row.blank
}
CALL () {
  UNWIND $in.reopen_edges AS row
  MATCH (s)-[p:PAST {id: row.id, from_seq: row.from_seq}]->(d)
  CREATE (s)-[e:$(p.kind)]->(d)
  SET e = p {.*, kind: null, from_seq: $in.seq, to_seq: $in.open}, e += row.blank
}
CALL () {
  UNWIND $in.shred_versions AS element
  MATCH (v:Version) WHERE elementId(v) = element
  SET v += $in.blank_version
}
CALL () {
  UNWIND $in.shred_edges AS element
  MATCH ()-[e:DERIVED_FROM|MENTIONS|ABOUT|TAGGED|SUBJECT_OF|OBJECT_OF|SUPPORTS
    |NEXT|GRANTS|SAME_AS|NOT_SAME_AS|SUPERSEDES|CONTRADICTS|PAST]->()
  WHERE elementId(e) = element
  SET e += $in.blank_edge
}
CALL () {
  UNWIND $in.shred_closed AS pair
  MATCH ()-[p:PAST {id: pair[0], from_seq: pair[1]}]->()
  SET p += $in.blank_edge
}
CALL () {
  UNWIND $in.lose AS digest
  MATCH (v:Version {payload: digest})
  SET v.text = null, v.document = null, v.payload_salt = null
  WITH v
  MATCH (v)-[:OF]->(n)
  SET n.text = CASE WHEN n.shown = v.id THEN null ELSE n.text END
  WITH v
  MATCH (d:Derived {record: v.id})
  DELETE d
}
CALL () {
  UNWIND $in.underive AS record
  MATCH (d:Derived {record: record})
  DELETE d
}
CALL () {
  UNWIND $in.nodes AS row
  CREATE (n:Identity)
  SET n = row.properties
}
CALL () {
  UNWIND $in.versions AS row
  MATCH (n:Identity {id: row.node})
  CREATE (v:Version:Now)-[:OF]->(n)
  SET v = row.properties
  FOREACH (face IN row.face | SET n += face, n:$(row.kind))
}
CALL () {
  UNWIND $in.edges AS row
  MATCH (s:Identity {id: row.src})
  MATCH (d:Identity {id: row.dst})
  CREATE (s)-[e:$(row.kind)]->(d)
  SET e = row.properties
}
CALL () {
  UNWIND $in.tagged AS row
  MATCH (n:Identity {id: row.node})
  SET n.tags = row.tags
  WITH n, row
  MATCH (n)<-[:OF]-(v)
  SET v.tags = row.tags
}
CALL () {
  UNWIND $in.reface AS id
  MATCH (n:Identity {id: id})
  OPTIONAL MATCH (n)<-[:OF]-(v:Now)
  WITH n, v
  ORDER BY v.authority DESC, v.from_seq DESC, v.id
  WITH n, head(collect(v)) AS v
  SET n.shown = v.id, n.shown_authority = v.authority,
    n.title = v.title,
    n.name = v.name,
    n.label = v.label,
    n.text = v.text,
    n.subject = v.subject,
    n.relation = v.relation,
    n.object = v.object,
    n.negated = v.negated,
    n.verb = v.verb,
    n.question = v.question,
    n.form = v.form,
    n.uri = v.uri,
    n.media = v.media,
    n.author = v.author,
    n.state = v.state,
    n.semantic_type = v.semantic_type,
    n.language = v.language,
    n.record_kind = v.record_kind,
    n.record_key = v.record_key
  FOREACH (_ IN CASE WHEN v IS NULL THEN [1] ELSE [] END | REMOVE n:$(n.kind))
  FOREACH (_ IN CASE WHEN v IS NULL THEN [] ELSE [1] END | SET n:$(n.kind))
}
RETURN h.seq AS seq
