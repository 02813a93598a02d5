// The next edges of some kinds by record id, open or closed, and which of them are in force.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first
// columns: id, visible, edge (properties), kind, src, dst (null where it is not visible)
CALL () {
  MATCH ()-[e:DERIVED_FROM]->() USING INDEX e:DERIVED_FROM(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'DERIVED_FROM' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:MENTIONS]->() USING INDEX e:MENTIONS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'MENTIONS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:ABOUT]->() USING INDEX e:ABOUT(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'ABOUT' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:TAGGED]->() USING INDEX e:TAGGED(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'TAGGED' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:SUBJECT_OF]->() USING INDEX e:SUBJECT_OF(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'SUBJECT_OF' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:OBJECT_OF]->() USING INDEX e:OBJECT_OF(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'OBJECT_OF' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:SUPPORTS]->() USING INDEX e:SUPPORTS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'SUPPORTS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:NEXT]->() USING INDEX e:NEXT(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'NEXT' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:GRANTS]->() USING INDEX e:GRANTS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'GRANTS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:SAME_AS]->() USING INDEX e:SAME_AS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'SAME_AS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:NOT_SAME_AS]->() USING INDEX e:NOT_SAME_AS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'NOT_SAME_AS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:SUPERSEDES]->() USING INDEX e:SUPERSEDES(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'SUPERSEDES' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  MATCH ()-[e:CONTRADICTS]->() USING INDEX e:CONTRADICTS(ns, id) WHERE e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id
  LIMIT CASE WHEN 'CONTRADICTS' IN $in.kinds THEN $in.first ELSE 0 END
  UNION ALL
  UNWIND $in.kinds AS kind
  CALL (kind) {
    MATCH ()-[e:PAST]->() USING INDEX e:PAST(ns, kind, id) WHERE e.ns = $in.ns AND e.kind = kind AND e.id > $in.after
    RETURN e ORDER BY e.ns, e.kind, e.id LIMIT $in.first
  }
  RETURN e
}
WITH e, startNode(e) AS s, endNode(e) AS d
ORDER BY e.id
LIMIT $in.first
WITH s, e, d, e.from_seq <= $in.seq AND e.to_seq > $in.seq
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
  } AS visible
RETURN e.id AS id, visible, CASE WHEN visible THEN properties(e) END AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
