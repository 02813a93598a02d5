// Every interval of an edge that began or ended after one sequence and up to another.
// parameters: ns, after, upto
// columns: edge (properties), kind, src, dst (node ids); one that is closed meanwhile may come twice
CALL () {
  MATCH (s)-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) USING INDEX e:ABOUT(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) USING INDEX e:TAGGED(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) USING INDEX e:NEXT(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) USING INDEX e:GRANTS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) USING INDEX e:PAST(from_seq) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d)
  USING INDEX e:PAST(to_seq)
  WHERE e.to_seq > $in.after AND e.to_seq <= $in.upto AND e.from_seq <= $in.after AND e.ns = $in.ns
  RETURN s, e, d
}
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
