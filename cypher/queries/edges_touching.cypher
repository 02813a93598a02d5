// Edges in force that leave or reach some nodes.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, touching, src, dst, origins (null: not asked)
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
UNWIND $touching AS id
MATCH (n:Identity {id: id})
CALL (n) {
  MATCH (n)-[e:DERIVED_FROM]-() WHERE 'DERIVED_FROM' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:MENTIONS]-() WHERE 'MENTIONS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:ABOUT]-() WHERE 'ABOUT' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:TAGGED]-() WHERE 'TAGGED' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUBJECT_OF]-() WHERE 'SUBJECT_OF' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:OBJECT_OF]-() WHERE 'OBJECT_OF' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUPPORTS]-() WHERE 'SUPPORTS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:NEXT]-() WHERE 'NEXT' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:GRANTS]-() WHERE 'GRANTS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SAME_AS]-() WHERE 'SAME_AS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:NOT_SAME_AS]-() WHERE 'NOT_SAME_AS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:SUPERSEDES]-() WHERE 'SUPERSEDES' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:CONTRADICTS]-() WHERE 'CONTRADICTS' IN $kinds RETURN e
  UNION ALL
  MATCH (n)-[e:PAST]-() WHERE e.kind IN $kinds AND e.from_seq <= $seq AND e.to_seq > $seq RETURN e
}
WITH DISTINCT e, startNode(e) AS s, endNode(e) AS d
WHERE e.ns = $ns AND e.id > $after AND e.from_seq <= $seq AND e.to_seq > $seq
  AND ($valid_at IS NULL OR e.valid_from <= $valid_at AND e.valid_to > $valid_at)
  AND e.acl IN $acls AND NOT e.origin IN $without
  AND EXISTS {
    MATCH (s)<-[:OF]-(a:Version)
    WHERE a.from_seq <= $seq AND a.to_seq > $seq
      AND ($valid_at IS NULL OR a.valid_from <= $valid_at AND a.valid_to > $valid_at)
      AND a.acl IN $acls AND NOT a.origin IN $without AND NOT a.node IN $without
  }
  AND EXISTS {
    MATCH (d)<-[:OF]-(b:Version)
    WHERE b.from_seq <= $seq AND b.to_seq > $seq
      AND ($valid_at IS NULL OR b.valid_from <= $valid_at AND b.valid_to > $valid_at)
      AND b.acl IN $acls AND NOT b.origin IN $without AND NOT b.node IN $without
  }
  AND ($src IS NULL OR s.id IN $src)
  AND ($dst IS NULL OR d.id IN $dst)
  AND ($origins IS NULL OR e.origin IN $origins)
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $first
