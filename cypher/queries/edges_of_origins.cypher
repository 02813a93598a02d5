// Edges in force that some origins put there.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, origins
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
CALL () {
  MATCH (s)-[e:DERIVED_FROM]->(d) WHERE 'DERIVED_FROM' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) WHERE 'MENTIONS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) WHERE 'ABOUT' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) WHERE 'TAGGED' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) WHERE 'SUBJECT_OF' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) WHERE 'OBJECT_OF' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) WHERE 'SUPPORTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) WHERE 'NEXT' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) WHERE 'GRANTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) WHERE 'SAME_AS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) WHERE 'NOT_SAME_AS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) WHERE 'SUPERSEDES' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) WHERE 'CONTRADICTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) WHERE e.kind IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
}
WITH s, e, d
WHERE e.ns = $in.ns AND e.id > $in.after AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
  AND e.acl IN $in.acls AND NOT e.origin IN $in.without
  AND EXISTS {
    MATCH (s)<-[:OF]-(a:Version)
    WHERE a.from_seq <= $in.seq AND a.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR a.valid_from <= $in.valid_at AND a.valid_to > $in.valid_at)
      AND a.acl IN $in.acls AND NOT a.origin IN $in.without AND NOT a.node IN $in.without
  }
  AND EXISTS {
    MATCH (d)<-[:OF]-(b:Version)
    WHERE b.from_seq <= $in.seq AND b.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR b.valid_from <= $in.valid_at AND b.valid_to > $in.valid_at)
      AND b.acl IN $in.acls AND NOT b.origin IN $in.without AND NOT b.node IN $in.without
  }
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $in.first
