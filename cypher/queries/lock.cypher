// Takes the lock of the log, and only then reads all that a change must meet.
// parameters: change (its id), ns, actor (node id), idempotency (or null), ids (records named in any
//   way), origins and closings (of selectors), absent and names (nodes), lines (of versions to open),
//   payloads (digests to open), reopens (whether anything is reopened), open (the end of an open
//   interval), keys (pairs of kind and key whose node is not the usual one)
// columns: seq, at, roots, sets (how many reader sets there are), before (changes with that id or key),
//   founded, grants, acls, versions, edges (rows that selectors may reach), alive, nodes, standing, lost,
//   previous (last sequence in the namespace), held (kind, key and id of nodes that hold a key)
MATCH (h:Head {one: 1})
SET h.held = $change
WITH h
CALL () {
  CALL () {
    MATCH (v:Version) WHERE v.id IN $ids RETURN v
    UNION
    MATCH (v:Version) WHERE v.origin IN $origins AND v.ns = $ns RETURN v
    UNION
    MATCH (v:Version) WHERE v.to_seq IN $closings AND v.ns = $ns RETURN v
  }
  RETURN collect(v {.id, .from_seq, .to_seq, .ns, .kind, .node, .origin, .acl, .shredded, .payload, .line,
    element: elementId(v),
    hollow: v.salt IS NULL OR v.payload IS NOT NULL AND v.payload_salt IS NULL,
    speaks: EXISTS { MATCH (v)-[:OF]->(n) WHERE n.shown = v.id },
    standing: CASE WHEN v.to_seq < $open AND ($reopens OR v.id IN $ids) THEN head(COLLECT {
      MATCH (w:Now {line: v.line}) RETURN w.id
    }) END}) AS versions
}
CALL () {
  CALL () {
    MATCH ()-[e:DERIVED_FROM]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:MENTIONS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:ABOUT]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:TAGGED]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPPORTS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:NEXT]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:GRANTS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SAME_AS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) WHERE e.id IN $ids RETURN e, d
    UNION ALL
    MATCH ()-[e:DERIVED_FROM]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:MENTIONS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:ABOUT]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:TAGGED]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPPORTS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:NEXT]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:GRANTS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SAME_AS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) WHERE e.origin IN $origins AND e.ns = $ns RETURN e, d
    UNION ALL
    MATCH ()-[e:PAST]->(d) WHERE e.to_seq IN $closings AND e.ns = $ns RETURN e, d
  }
  WITH DISTINCT e, d
  RETURN collect(e {.id, .from_seq, .to_seq, .ns, .origin, .acl, .shredded, element: elementId(e),
      kind: coalesce(e.kind, type(e)), node: d.id, hollow: e.salt IS NULL,
      node_kind: d.kind, node_acl: d.acl}) AS edges
}
RETURN h.seq AS seq, h.at AS at, h.roots AS roots, h.sets AS sets, versions, edges,
  COLLECT {
    MATCH (c:Change {id: $change})
    RETURN properties(c)
  } + COLLECT {
    MATCH (c:Change {ns: $ns, actor: $actor, idempotency: $idempotency})
    RETURN properties(c)
  } AS before,
  EXISTS {
    MATCH (n:Identity)
    WHERE n.kind = 'Namespace' AND n.ns = $ns
  } AS founded,
  COLLECT {
    MATCH (:Identity {id: $actor})-[g:GRANTS]->(n:Identity)
    WHERE n.ns = $ns AND n.kind = 'Namespace'
    RETURN g.content
  } AS grants,
  COLLECT {
    MATCH (:Identity {id: $actor})-[:MEMBER_OF]->(r:ReaderSet)
    RETURN r.acl
  } AS acls,
  COLLECT {
    MATCH (n:Identity)<-[:OF]-(v:Now)
    WHERE n.id IN $absent AND v.ns = $ns
    RETURN [n.id, v.id]
    LIMIT 1
  } AS alive,
  COLLECT {
    MATCH (n:Identity)
    WHERE n.id IN $names
    RETURN n {.id, .ns, .kind, .key, .acl, .shown, .shown_authority, .tags}
  } AS nodes,
  COLLECT {
    MATCH (v:Now)
    WHERE v.line IN $lines
    RETURN [v.line, v.id]
  } AS standing,
  COLLECT {
    MATCH (v:Version)
    WHERE v.payload IN $payloads AND v.payload_salt IS NULL
    RETURN DISTINCT v.payload
  } AS lost,
  COLLECT {
    MATCH (c:Change)
    WHERE c.ns = $ns
    RETURN c.seq
    ORDER BY c.seq DESC
    LIMIT 1
  } AS previous,
  COLLECT {
    UNWIND $keys AS pair
    MATCH (n:Identity {ns: $ns, kind: pair[0], key: pair[1]})
    RETURN [n.kind, n.key, n.id]
  } AS held
