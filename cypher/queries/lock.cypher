// Takes the lock of the log, and only then reads all that a change must meet.
// parameters: change (its id), ns, actor (node id), idempotency (or null), ids (records named in any
//   way), origins and closings (of selectors), absent and names (nodes), lines (of versions to open),
//   payloads (digests to open), reopens (whether anything is reopened), open (the end of an open
//   interval), keys (pairs of kind and key whose node is not the usual one), principal (node id of the
//   one whose rights count), mark (what a held header contains)
// columns: seq, at, roots, sets (how many reader sets there are), before (changes with that id or key),
//   founded, grants, acls, versions, edges (rows that selectors may reach), alive, nodes, standing, lost,
//   previous (last sequence in the namespace), held (kind, key and id of nodes that hold a key)
// allowed Eager: nothing may be read before the lock is there
// allowed CartesianProduct: the head is one row, and so is what each part gives
MATCH (h:Head {one: 1})
SET h.held = $in.change
WITH h
CALL () {
  CALL () {
    MATCH (v:Version) USING INDEX v:Version(id) WHERE v.id IN $in.ids RETURN v
    UNION
    MATCH (v:Version) USING INDEX v:Version(origin) WHERE v.origin IN $in.origins AND v.ns = $in.ns RETURN v
    UNION
    MATCH (v:Version) USING INDEX v:Version(to_seq) WHERE v.to_seq IN $in.closings AND v.ns = $in.ns RETURN v
  }
  RETURN collect(v {.id, .from_seq, .to_seq, .ns, .kind, .node, .origin, .acl, .shredded, .payload, .line,
    element: elementId(v),
    hollow: v.salt IS NULL OR v.payload IS NOT NULL AND v.payload_salt IS NULL,
    held: CASE WHEN v.kind = 'MemCube' AND (v.content CONTAINS $in.mark OR $in.reopens AND EXISTS {
      MATCH (w:Now {line: v.line}) WHERE w.content CONTAINS $in.mark
    }) THEN v {.content, .authority, .valid_from, .valid_to, .valid_known} END,
    speaks: EXISTS { MATCH (v)-[:OF]->(n) WHERE n.shown = v.id },
    standing: CASE WHEN v.to_seq < $in.open AND ($in.reopens OR v.id IN $in.ids) THEN head(COLLECT {
      MATCH (w:Now {line: v.line}) RETURN w.id
    }) END}) AS versions
}
CALL () {
  CALL () {
    MATCH ()-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:ABOUT]->(d) USING INDEX e:ABOUT(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:TAGGED]->(d) USING INDEX e:TAGGED(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:NEXT]->(d) USING INDEX e:NEXT(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:GRANTS]->(d) USING INDEX e:GRANTS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) USING INDEX e:PAST(id) WHERE e.id IN $in.ids RETURN e, d
    UNION ALL
    MATCH ()-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:ABOUT]->(d) USING INDEX e:ABOUT(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:TAGGED]->(d) USING INDEX e:TAGGED(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:NEXT]->(d) USING INDEX e:NEXT(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:GRANTS]->(d) USING INDEX e:GRANTS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) USING INDEX e:PAST(origin) WHERE e.origin IN $in.origins AND e.ns = $in.ns RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) USING INDEX e:PAST(to_seq) WHERE e.to_seq IN $in.closings AND e.ns = $in.ns RETURN e, d
  }
  WITH DISTINCT e, d
  RETURN collect(e {.id, .from_seq, .to_seq, .ns, .origin, .acl, .shredded, element: elementId(e),
      kind: coalesce(e.kind, type(e)), node: d.id, hollow: e.salt IS NULL,
      node_kind: d.kind, node_acl: d.acl}) AS edges
}
RETURN h.seq AS seq, h.at AS at, h.roots AS roots, h.sets AS sets, versions, edges,
  COLLECT {
    MATCH (c:Change {id: $in.change})
    RETURN properties(c)
  } + COLLECT {
    MATCH (c:Change {ns: $in.ns, actor: $in.actor, idempotency: $in.idempotency})
    RETURN properties(c)
  } AS before,
  EXISTS {
    MATCH (n:Identity)
    WHERE n.kind = 'Namespace' AND n.ns = $in.ns
  } AS founded,
  COLLECT {
    MATCH (:Identity {id: $in.principal})-[g:GRANTS]->(n:Identity)
    WHERE n.ns = $in.ns AND n.kind = 'Namespace'
    RETURN g.content
  } AS grants,
  COLLECT {
    MATCH (:Identity {id: $in.principal})-[:MEMBER_OF]->(r:ReaderSet)
    RETURN r.acl
  } AS acls,
  COLLECT {
    MATCH (n:Identity)<-[:OF]-(v:Now)
    USING INDEX n:Identity(id)
    WHERE n.id IN $in.absent AND v.ns = $in.ns
    RETURN [n.id, v.id]
    LIMIT 1
  } AS alive,
  COLLECT {
    MATCH (n:Identity)
    WHERE n.id IN $in.names
    RETURN n {.id, .ns, .kind, .key, .acl, .shown, .shown_authority, .tags}
  } AS nodes,
  COLLECT {
    MATCH (v:Now)
    WHERE v.line IN $in.lines
    RETURN [v.line, v.id]
  } AS standing,
  COLLECT {
    MATCH (v:Version)
    USING INDEX v:Version(payload)
    WHERE v.payload IN $in.payloads AND v.payload_salt IS NULL
    RETURN DISTINCT v.payload
  } AS lost,
  COLLECT {
    MATCH (c:Change)
    WHERE c.ns = $in.ns AND c.seq > 0
    RETURN c.seq
    ORDER BY c.ns DESC, c.seq DESC
    LIMIT 1
  } AS previous,
  COLLECT {
    UNWIND $in.keys AS pair
    MATCH (n:Identity {ns: $in.ns, kind: pair[0], key: pair[1]})
    RETURN [n.kind, n.key, n.id]
  } AS held
