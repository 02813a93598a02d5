// What was stated at a time: the facts that some source in force stated then. What of it was *believed*
// follows from corrections and is worked out by memcubes alone.
// parameters: namespace, when (a date, an instant, or text such as '2025-03-14T09:30:00Z')
// columns: fact (node id), words, source
WITH datetime($when) AS moment
CALL (moment) {
  MATCH (c:Change)
  WHERE c.at <= moment.epochSeconds * 1000000 + moment.microsecond
  RETURN max(c.seq) AS seq
}
MATCH (v:Version)
WHERE v.ns = $namespace AND v.kind = 'Fact' AND v.id > '' AND v.from_seq <= seq AND v.to_seq > seq
  AND EXISTS {
    MATCH (v)-[:OF]->(:Identity)<-[s:SUPPORTS|PAST]-(:Identity)<-[:OF]-(c:Version)
    WHERE coalesce(s.kind, type(s)) = 'SUPPORTS' AND s.origin = v.origin
      AND s.from_seq <= seq AND s.to_seq > seq AND c.from_seq <= seq AND c.to_seq > seq
  }
MATCH (:Identity {id: v.origin})<-[:OF]-(o:Version)
WHERE o.from_seq <= seq AND o.to_seq > seq
RETURN v.node AS fact,
  v.subject + CASE WHEN v.negated THEN ' not ' ELSE ' ' END + v.relation + CASE v.object WHEN '' THEN '' ELSE ' ' + v.object END AS words,
  o.name AS source
ORDER BY words, source
