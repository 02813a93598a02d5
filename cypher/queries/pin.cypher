// What a read is pinned to: the head, the last change up to an instant, and the viewer's reader sets.
// parameters: agent (node id), recorded (microseconds, or null)
// columns: seq (of the head), was (the sequence at that instant, null where none was asked), acls
MATCH (h:Head {one: 1})
RETURN h.seq AS seq,
  CASE WHEN $in.recorded IS NULL THEN null ELSE coalesce(head(COLLECT {
    MATCH (c:Change)
    WHERE c.at <= $in.recorded
    RETURN c.seq
    ORDER BY c.at DESC
    LIMIT 1
  }), 0) END AS was,
  COLLECT {
    MATCH (:Identity {id: $in.agent})-[:MEMBER_OF]->(r:ReaderSet)
    RETURN r.acl
    ORDER BY r.acl
  } AS acls
