// The nodes within two steps of some, each with the share of their weight that reaches it.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   seeds {node, weight}, kinds (of edges), damping (0 to 1), breadth (most neighbours of a node), first
// columns: node, weight, best first
// Of the past, differences are asked: a range would send a young store through an index of all of it.
UNWIND $in.seeds AS seed
MATCH (n:Identity {id: seed.node})
USING INDEX n:Identity(id)
WHERE EXISTS {
    MATCH (n)<-[:OF]-(s)
    WHERE s.from_seq <= $in.seq AND s.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR s.valid_from <= $in.valid_at AND s.valid_to > $in.valid_at)
      AND s.acl IN $in.acls AND NOT s.origin IN $in.without AND NOT s.node IN $in.without
  }
CALL (n) {
  CALL (n) {
    MATCH (n)-[e:MENTIONS]-(m:Identity) WHERE 'MENTIONS' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:ABOUT]-(m:Identity) WHERE 'ABOUT' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:NEXT]-(m:Identity) WHERE 'NEXT' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:SAME_AS]-(m:Identity) WHERE 'SAME_AS' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:SUPPORTS]-(m:Identity) WHERE 'SUPPORTS' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:SUBJECT_OF]-(m:Identity) WHERE 'SUBJECT_OF' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:OBJECT_OF]-(m:Identity) WHERE 'OBJECT_OF' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:DERIVED_FROM]-(m:Identity) WHERE 'DERIVED_FROM' IN $in.kinds RETURN e, m
    UNION ALL
    MATCH (n)-[e:PAST]-(m:Identity) WHERE e.kind IN $in.kinds AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN e, m
  }
  WITH DISTINCT e, m
  WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
    AND e.acl IN $in.acls AND NOT e.origin IN $in.without
    AND EXISTS {
      MATCH (m)<-[:OF]-(l)
      WHERE l.from_seq <= $in.seq AND l.to_seq > $in.seq
        AND ($in.valid_at IS NULL OR l.valid_from <= $in.valid_at AND l.valid_to > $in.valid_at)
        AND l.acl IN $in.acls AND NOT l.origin IN $in.without AND NOT l.node IN $in.without
    }
  WITH m ORDER BY m.id LIMIT $in.breadth
  RETURN collect(DISTINCT m) AS near
}
WITH n, near, seed.weight AS weight
WITH collect({node: n.id, weight: weight * (1.0 - $in.damping)}) AS zero,
  collect({near: near, weight: weight * $in.damping}) AS out
// Summed up in calls of their own: lists that are carried along would be part of what is grouped by, for each node once more.
CALL (out) {
  // a place that holds nobody keeps the seeds where none has neighbours
  UNWIND out + [{near: [null], weight: 0.0}] AS one
  UNWIND one.near AS m
  RETURN m, sum(one.weight / size(one.near)) AS weight
}
WITH zero, m, weight
CALL (m) {
  CALL (m) {
    MATCH (m)-[e:MENTIONS]-(o:Identity) WHERE 'MENTIONS' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:ABOUT]-(o:Identity) WHERE 'ABOUT' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:NEXT]-(o:Identity) WHERE 'NEXT' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:SAME_AS]-(o:Identity) WHERE 'SAME_AS' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:SUPPORTS]-(o:Identity) WHERE 'SUPPORTS' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:SUBJECT_OF]-(o:Identity) WHERE 'SUBJECT_OF' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:OBJECT_OF]-(o:Identity) WHERE 'OBJECT_OF' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:DERIVED_FROM]-(o:Identity) WHERE 'DERIVED_FROM' IN $in.kinds RETURN e, o
    UNION ALL
    MATCH (m)-[e:PAST]-(o:Identity) WHERE e.kind IN $in.kinds AND e.from_seq - $in.seq <= 0 AND e.to_seq - $in.seq > 0 RETURN e, o
  }
  WITH DISTINCT e, o
  WHERE e.ns = $in.ns AND e.from_seq <= $in.seq AND e.to_seq > $in.seq
    AND ($in.valid_at IS NULL OR e.valid_from <= $in.valid_at AND e.valid_to > $in.valid_at)
    AND e.acl IN $in.acls AND NOT e.origin IN $in.without
    AND EXISTS {
      MATCH (o)<-[:OF]-(l)
      WHERE l.from_seq <= $in.seq AND l.to_seq > $in.seq
        AND ($in.valid_at IS NULL OR l.valid_from <= $in.valid_at AND l.valid_to > $in.valid_at)
        AND l.acl IN $in.acls AND NOT l.origin IN $in.without AND NOT l.node IN $in.without
    }
  WITH o ORDER BY o.id LIMIT $in.breadth
  RETURN collect(DISTINCT o) AS far
}
WITH zero, collect({node: m.id, weight: weight * (1.0 - $in.damping)}) AS first,
  collect({far: far, weight: weight * $in.damping}) AS out
CALL (out) {
  UNWIND out + [{far: [null], weight: 0.0}] AS one
  UNWIND one.far AS f
  WITH f.id AS node, sum(one.weight / size(one.far)) AS weight
  RETURN collect({node: node, weight: weight}) AS second
}
UNWIND zero + first + second AS part
WITH part
WHERE part.node IS NOT NULL
RETURN part.node AS node, sum(part.weight) AS weight
ORDER BY weight DESC, node
LIMIT $in.first
