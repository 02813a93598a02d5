// The next edges of some kinds by record id, open or closed, and which of them are in force.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kinds, after (cursor), first
// columns: id, visible, edge (properties), kind, src, dst (null where it is not visible)
CALL () {
  MATCH ()-[e:DERIVED_FROM]->() WHERE 'DERIVED_FROM' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:MENTIONS]->() WHERE 'MENTIONS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:ABOUT]->() WHERE 'ABOUT' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:TAGGED]->() WHERE 'TAGGED' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:SUBJECT_OF]->() WHERE 'SUBJECT_OF' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:OBJECT_OF]->() WHERE 'OBJECT_OF' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:SUPPORTS]->() WHERE 'SUPPORTS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:NEXT]->() WHERE 'NEXT' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:GRANTS]->() WHERE 'GRANTS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:SAME_AS]->() WHERE 'SAME_AS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:NOT_SAME_AS]->() WHERE 'NOT_SAME_AS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:SUPERSEDES]->() WHERE 'SUPERSEDES' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  MATCH ()-[e:CONTRADICTS]->() WHERE 'CONTRADICTS' IN $kinds AND e.ns = $ns AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
  UNION ALL
  UNWIND $kinds AS kind
  MATCH ()-[e:PAST]->() WHERE e.ns = $ns AND e.kind = kind AND e.id > $after RETURN e ORDER BY e.id LIMIT $first
}
WITH e, startNode(e) AS s, endNode(e) AS d
ORDER BY e.id
LIMIT $first
WITH s, e, d, e.from_seq <= $seq AND e.to_seq > $seq
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
  } AS visible
RETURN e.id AS id, visible, CASE WHEN visible THEN properties(e) END AS edge,
  coalesce(e.kind, type(e)) AS kind, s.id AS src, d.id AS dst
ORDER BY e.id
