// Edges in force that leave or reach some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, touching, src, dst, origins (null: not asked)
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
// Of the past, differences are asked: a range would send a young store through an index of all of it.
UNWIND $in.touching AS id
MATCH (n:Identity {id: id})
CALL (n) {
  MATCH (n)-[e:DERIVED_FROM]-() WHERE 'DERIVED_FROM' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:MENTIONS]-() WHERE 'MENTIONS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:ABOUT]-() WHERE 'ABOUT' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:TAGGED]-() WHERE 'TAGGED' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUBJECT_OF]-() WHERE 'SUBJECT_OF' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:OBJECT_OF]-() WHERE 'OBJECT_OF' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUPPORTS]-() WHERE 'SUPPORTS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:NEXT]-() WHERE 'NEXT' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:GRANTS]-() WHERE 'GRANTS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SAME_AS]-() WHERE 'SAME_AS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:NOT_SAME_AS]-() WHERE 'NOT_SAME_AS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUPERSEDES]-() WHERE 'SUPERSEDES' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:CONTRADICTS]-() WHERE 'CONTRADICTS' IN $in.kinds RETURN e
  UNION ALL
  MATCH (n)-[e:PAST]-() WHERE e.kind IN $in.kinds AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN e
}
WITH DISTINCT e, startNode(e) AS s, endNode(e) AS d
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
  AND ($in.src IS NULL OR s.id IN $in.src)
  AND ($in.dst IS NULL OR d.id IN $in.dst)
  AND ($in.origins IS NULL OR e.origin IN $in.origins)
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $in.first
