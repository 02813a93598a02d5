// The records that one change opened (or reopened), and those that it closed.
// parameters: ns, at (sequence of the change), acls, without
// columns: side (opened, closed), version (properties, or null), edge (properties, or null), kind, src, dst
CALL () {
  MATCH (v:Version)
  USING INDEX v:Version(from_seq)
  WHERE v.from_seq = $in.at AND v.ns = $in.ns AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN 'opened' AS side, v AS version, null AS s, null AS e, null AS d
  UNION ALL
  MATCH (v:Version)
  USING INDEX v:Version(to_seq)
  WHERE v.to_seq = $in.at AND v.ns = $in.ns AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN 'closed' AS side, v AS version, null AS s, null AS e, null AS d
  UNION ALL
  MATCH (s)-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) USING INDEX e:ABOUT(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) USING INDEX e:TAGGED(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) USING INDEX e:NEXT(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) USING INDEX e:GRANTS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) USING INDEX e:PAST(from_seq) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) USING INDEX e:PAST(to_seq) WHERE e.to_seq = $in.at RETURN 'closed' AS side, null AS version, s, e, d
}
WITH side, version, s, e, d
WHERE e IS NULL OR e.ns = $in.ns AND e.acl IN $in.acls AND NOT e.origin IN $in.without
RETURN side, properties(version) AS version, properties(e) AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY coalesce(version.id, e.id)
