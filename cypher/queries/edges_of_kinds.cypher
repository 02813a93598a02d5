// The next edges of some kinds by record id, open or closed, and which of them are in force.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first
// columns: id, visible, edge (properties), kind, src, dst (null where it is not visible)
CALL () {
  MATCH ()-[e:DERIVED_FROM]->() WHERE 'DERIVED_FROM' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:MENTIONS]->() WHERE 'MENTIONS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:ABOUT]->() WHERE 'ABOUT' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:TAGGED]->() WHERE 'TAGGED' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:SUBJECT_OF]->() WHERE 'SUBJECT_OF' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:OBJECT_OF]->() WHERE 'OBJECT_OF' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:SUPPORTS]->() WHERE 'SUPPORTS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:NEXT]->() WHERE 'NEXT' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:GRANTS]->() WHERE 'GRANTS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:SAME_AS]->() WHERE 'SAME_AS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:NOT_SAME_AS]->() WHERE 'NOT_SAME_AS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:SUPERSEDES]->() WHERE 'SUPERSEDES' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  MATCH ()-[e:CONTRADICTS]->() WHERE 'CONTRADICTS' IN $in.kinds AND e.ns = $in.ns AND e.id > $in.after RETURN e ORDER BY e.ns, e.id LIMIT $in.first
  UNION ALL
  UNWIND $in.kinds AS kind
  CALL (kind) {
    MATCH ()-[e:PAST]->() WHERE e.ns = $in.ns AND e.kind = kind AND e.id > $in.after
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
  } AS visible
RETURN e.id AS id, visible, CASE WHEN visible THEN properties(e) END AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
