// Cubes whose vector lies nearest, nearest first, in force or not.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   index (name), vector, tags (nodes), limit,
//   walked (the state that a question finds), archived (whether it finds the others too)
// columns: id (record), score (cosine), visible, version (properties, null where it is not visible)
CALL db.index.vector.queryNodes($in.index, $in.limit, $in.vector) YIELD node AS d, score
MATCH (v:Version {id: d.record})
WITH v, score, v.ns = $in.ns AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
  AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  AND ($in.archived OR coalesce(v.state, $in.walked) = $in.walked)
  AND all(tag IN $in.tags WHERE EXISTS {
    MATCH (v)-[:OF]->()-[t:TAGGED|PAST]->(:Identity {id: tag})
    WHERE coalesce(t.kind, 'TAGGED') = 'TAGGED' AND t.from_seq <= $in.seq AND t.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR t.valid_from <= $in.valid_at AND t.valid_to > $in.valid_at)
      AND t.acl IN $in.acls AND NOT t.origin IN $in.without
  }) AS visible
RETURN v.id AS id, 2 * score - 1 AS score, visible, CASE WHEN visible THEN properties(v) END AS version
ORDER BY score DESC, id
