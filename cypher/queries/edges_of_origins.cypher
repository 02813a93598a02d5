// Edges in force that some origins put there.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first, origins
// columns: edge (properties), kind, src, dst (node ids), by record id; live ones are read before closed
//   ones, so that an edge that is closed meanwhile is seen twice rather than never
// Of the past, differences are asked: a range would send a young store through an index of all of it.
CALL () {
  MATCH (s)-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(origin) WHERE 'DERIVED_FROM' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(origin) WHERE 'MENTIONS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) USING INDEX e:ABOUT(origin) WHERE 'ABOUT' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) USING INDEX e:TAGGED(origin) WHERE 'TAGGED' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(origin) WHERE 'SUBJECT_OF' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(origin) WHERE 'OBJECT_OF' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(origin) WHERE 'SUPPORTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) USING INDEX e:NEXT(origin) WHERE 'NEXT' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) USING INDEX e:GRANTS(origin) WHERE 'GRANTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(origin) WHERE 'SAME_AS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(origin) WHERE 'NOT_SAME_AS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(origin) WHERE 'SUPERSEDES' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(origin) WHERE 'CONTRADICTS' IN $in.kinds AND e.origin IN $in.origins RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) USING INDEX e:PAST(origin) WHERE e.kind IN $in.kinds AND e.origin IN $in.origins AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN s, e, d
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
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
LIMIT $in.first
