// Every interval of an edge that began or ended after one sequence and up to another.
// parameters: ns, after, upto
// columns: edge (properties), kind, src, dst (node ids); one that is closed meanwhile may come twice
CALL () {
  MATCH (s)-[e:DERIVED_FROM]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) WHERE e.from_seq > $in.after AND e.from_seq <= $in.upto AND e.ns = $in.ns RETURN s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d)
  USING INDEX e:PAST(to_seq)
  WHERE e.to_seq > $in.after AND e.to_seq <= $in.upto AND e.from_seq <= $in.after AND e.ns = $in.ns
  RETURN s, e, d
}
RETURN properties(e) AS edge, coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
