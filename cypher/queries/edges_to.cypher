// Edges in force that reach some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, dst, origins (null: not asked), src (null: not asked)
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
// Of the past, differences are asked: a range would send a young store through an index of all of it.
UNWIND $in.dst AS id
MATCH (d:Identity {id: id})
CALL (d) {
  MATCH (s:Identity)-[e:DERIVED_FROM]->(d:Identity) WHERE 'DERIVED_FROM' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:MENTIONS]->(d:Identity) WHERE 'MENTIONS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:ABOUT]->(d:Identity) WHERE 'ABOUT' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:TAGGED]->(d:Identity) WHERE 'TAGGED' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:SUBJECT_OF]->(d:Identity) WHERE 'SUBJECT_OF' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:OBJECT_OF]->(d:Identity) WHERE 'OBJECT_OF' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:SUPPORTS]->(d:Identity) WHERE 'SUPPORTS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:NEXT]->(d:Identity) WHERE 'NEXT' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:GRANTS]->(d:Identity) WHERE 'GRANTS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:SAME_AS]->(d:Identity) WHERE 'SAME_AS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:NOT_SAME_AS]->(d:Identity) WHERE 'NOT_SAME_AS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:SUPERSEDES]->(d:Identity) WHERE 'SUPERSEDES' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:CONTRADICTS]->(d:Identity) WHERE 'CONTRADICTS' IN $in.kinds RETURN e, s
  UNION ALL
  MATCH (s:Identity)-[e:PAST]->(d:Identity) WHERE e.kind IN $in.kinds AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN e, s
}
WITH s, e, d
WHERE e.ns = $in.ns AND e.id > $in.after AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
  AND e.acl IN $in.acls AND NOT e.origin IN $in.without
  AND EXISTS {
    MATCH (s)<-[:OF]-(a)
    WHERE a.from_seq <= $in.seq AND a.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR a.valid_from <= $in.valid_at AND a.valid_to > $in.valid_at)
      AND a.acl IN $in.acls AND NOT a.origin IN $in.without AND NOT a.node IN $in.without
  }
  AND EXISTS {
    MATCH (d)<-[:OF]-(b)
    WHERE b.from_seq <= $in.seq AND b.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR b.valid_from <= $in.valid_at AND b.valid_to > $in.valid_at)
      AND b.acl IN $in.acls AND NOT b.origin IN $in.without AND NOT b.node IN $in.without
  }
  AND ($in.origins IS NULL OR e.origin IN $in.origins)
  AND ($in.src IS NULL OR s.id IN $in.src)
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $in.first
