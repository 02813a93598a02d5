// The records that one change opened (or reopened), and those that it closed.
// parameters: ns, at (sequence of the change), acls, without
// columns: side (opened, closed), version (properties, or null), edge (properties, or null), kind, src, dst
CALL () {
  MATCH (v:Version)
  WHERE v.from_seq = $in.at AND v.ns = $in.ns AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN 'opened' AS side, v AS version, null AS s, null AS e, null AS d
  UNION ALL
  MATCH (v:Version)
  WHERE v.to_seq = $in.at AND v.ns = $in.ns AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN 'closed' AS side, v AS version, null AS s, null AS e, null AS d
  UNION ALL
  MATCH (s)-[e:DERIVED_FROM]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) WHERE e.from_seq = $in.at RETURN 'opened' AS side, null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) WHERE e.to_seq = $in.at RETURN 'closed' AS side, null AS version, s, e, d
}
WITH side, version, s, e, d
WHERE e IS NULL OR e.ns = $in.ns AND e.acl IN $in.acls AND NOT e.origin IN $in.without
RETURN side, properties(version) AS version, properties(e) AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY coalesce(version.id, e.id)
