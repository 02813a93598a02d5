// How many cubes in force have which value of something, of those that meet a filter.
// parameters: ns, seq (pinned), acls (reader sets of the viewer), without (origins or nodes that are
//   treated as if they had never been), valid_at (microseconds, or null for any time),
//   kind (that of cubes), form (of payloads that have words),
//   walked (the state that a question finds), archived (whether it finds the others too),
//   plain (property of the version, or null), before (what stands before a value in its canonical JSON, or null),
//   of (property of its source, or null), year (whether the year is asked for), dated (before its instant),
//   origin_kind (that of sources), quote, escape (signs of JSON), pins (before what a summary was made of), comma, end, least (below every id),
//   said {name, unsaid, values}, written (of each field the pieces of JSON that will do), of_source {name, values},
//   origins (null: not asked), stated, valid, recorded (from and up to, each null where not asked),
//   leaves (for each part of a tag expression the tags that will do), agents (whether they are asked for)
// columns: value, whole (whether it is the whole header), made (record of a summary, or null), leaves (which parts
//   are met), by (who changed it and for whom, or null), count, since (the first sequence)
// Of the past, differences are asked: a range would send a young store through an index of all of it.
MATCH (n)<-[:OF]-(v:Version)
USING INDEX v:Version(ns, kind, id)
WHERE v.ns = $in.ns AND v.kind = $in.kind AND v.id > $in.least AND v.from_seq <= $in.seq AND v.to_seq > $in.seq
  AND ($in.valid_at IS NULL OR v.valid_from <= $in.valid_at AND v.valid_to > $in.valid_at)
  AND v.acl IN $in.acls AND NOT v.origin IN $in.without AND NOT v.node IN $in.without
  AND v.text IS NOT NULL AND v.content IS NOT NULL AND coalesce(v.form_of_payload, $in.form) = $in.form
  AND ($in.archived OR coalesce(v.state, $in.walked) = $in.walked)
  AND all(one IN $in.said WHERE coalesce(v[one.name], one.unsaid) IN one.values)
  AND all(pieces IN $in.written WHERE any(piece IN pieces WHERE v.content CONTAINS piece))
  AND ($in.origins IS NULL OR v.origin IN $in.origins)
  AND ($in.valid IS NULL OR v.valid_from < $in.valid[1] AND v.valid_to > $in.valid[0])
  AND ($in.recorded IS NULL OR v.from_seq > $in.recorded[0] AND v.from_seq <= $in.recorded[1])
  AND all(one IN $in.of_source WHERE EXISTS {
    MATCH (:Identity {id: v.origin})<-[:OF]-(o)
    WHERE o.from_seq <= $in.seq AND o.to_seq > $in.seq
      AND ($in.valid_at IS NULL OR o.valid_from <= $in.valid_at AND o.valid_to > $in.valid_at)
      AND o.acl IN $in.acls AND NOT o.origin IN $in.without AND o.kind = $in.origin_kind
      AND o[one.name] IN one.values
  })
WITH n, v, CASE WHEN $in.year OR $in.stated IS NOT NULL
  THEN coalesce(toInteger(split(split(split(v.content, $in.dated)[1], $in.comma)[0], $in.end)[0]), v.valid_from) END AS at
WHERE $in.stated IS NULL OR at >= $in.stated[0] AND at < $in.stated[1]
WITH n, v, at, split(split(v.content, $in.before)[1], $in.quote)[0] AS field
WITH v, coalesce(field ENDS WITH $in.escape, false) AS whole,
  CASE
    WHEN $in.plain IS NOT NULL THEN toString(v[$in.plain])
    WHEN $in.year THEN toString(datetime({epochSeconds: toInteger(floor(at / 1000000.0))}).year)
    WHEN field ENDS WITH $in.escape THEN v.content
    WHEN $in.before IS NOT NULL THEN field
    WHEN $in.of IS NOT NULL THEN head(COLLECT {
      MATCH (:Identity {id: v.origin})<-[:OF]-(o)
      WHERE o.from_seq <= $in.seq AND o.to_seq > $in.seq
        AND ($in.valid_at IS NULL OR o.valid_from <= $in.valid_at AND o.valid_to > $in.valid_at)
        AND o.acl IN $in.acls AND NOT o.origin IN $in.without AND o.kind = $in.origin_kind
      RETURN toString(o[$in.of])
    })
  END AS value,
  CASE WHEN v.content CONTAINS $in.pins THEN v.id END AS made,
  [tags IN $in.leaves | EXISTS {
    MATCH (n)-[t:TAGGED|PAST]->(x:Identity)
    WHERE x.id IN tags AND coalesce(t.kind, 'TAGGED') = 'TAGGED' AND t.from_seq - $in.seq <= 0
      AND t.to_seq - $in.seq > 0
      AND ($in.valid_at IS NULL OR t.valid_from <= $in.valid_at AND t.valid_to > $in.valid_at)
      AND t.acl IN $in.acls AND NOT t.origin IN $in.without
  }] AS leaves,
  CASE WHEN $in.agents THEN head(COLLECT {
    MATCH (c:Change {seq: v.from_seq}) RETURN [c.actor, c.behalf]
  }) END AS by
RETURN value, whole, made, leaves, by, count(*) AS count, min(v.from_seq) AS since
