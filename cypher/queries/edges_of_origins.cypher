// Edges in force that some origins put there.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, origins
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
CALL () {
  MATCH (s)-[e:DERIVED_FROM]->(d) WHERE 'DERIVED_FROM' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) WHERE 'MENTIONS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) WHERE 'ABOUT' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) WHERE 'TAGGED' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) WHERE 'SUBJECT_OF' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) WHERE 'OBJECT_OF' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) WHERE 'SUPPORTS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) WHERE 'NEXT' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) WHERE 'GRANTS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) WHERE 'SAME_AS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) WHERE 'NOT_SAME_AS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) WHERE 'SUPERSEDES' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) WHERE 'CONTRADICTS' IN $kinds AND e.origin IN $origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) WHERE e.kind IN $kinds AND e.origin IN $origins RETURN s, e, d
}
WITH s, e, d
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
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $first
