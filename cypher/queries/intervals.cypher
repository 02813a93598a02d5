// Every interval of some records.
// Live ones are read before closed ones, so that an edge that is closed meanwhile is seen twice rather than never.
// parameters: ns, seq (pinned), acls, without, records
// columns: version (properties, or null), edge (properties, or null), kind, src, dst
CALL () {
  MATCH (v:Version)
  USING INDEX v:Version(id)
  WHERE v.id IN $in.records AND v.ns = $in.ns AND v.from_seq <= $in.seq
    AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  RETURN v AS version, null AS s, null AS e, null AS d
  UNION ALL
  MATCH (s)-[e:DERIVED_FROM]->(d) USING INDEX e:DERIVED_FROM(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:MENTIONS]->(d) USING INDEX e:MENTIONS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:ABOUT]->(d) USING INDEX e:ABOUT(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:TAGGED]->(d) USING INDEX e:TAGGED(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUBJECT_OF]->(d) USING INDEX e:SUBJECT_OF(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:OBJECT_OF]->(d) USING INDEX e:OBJECT_OF(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPPORTS]->(d) USING INDEX e:SUPPORTS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NEXT]->(d) USING INDEX e:NEXT(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:GRANTS]->(d) USING INDEX e:GRANTS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SAME_AS]->(d) USING INDEX e:SAME_AS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:NOT_SAME_AS]->(d) USING INDEX e:NOT_SAME_AS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:SUPERSEDES]->(d) USING INDEX e:SUPERSEDES(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:CONTRADICTS]->(d) USING INDEX e:CONTRADICTS(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
  UNION ALL
  MATCH (s)-[e:PAST]->(d) USING INDEX e:PAST(id) WHERE e.id IN $in.records RETURN null AS version, s, e, d
}
WITH version, s, e, d
WHERE e IS NULL OR e.ns = $in.ns AND e.from_seq <= $in.seq AND e.acl IN $in.acls AND NOT e.origin IN $in.without
RETURN properties(version) AS version, properties(e) AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
