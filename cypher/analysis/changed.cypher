// What changed since an instant: who did what, when and why, and how many records it reached.
// parameters: namespace, since (a date, an instant, or text such as '2025-03-14')
// columns: seq, at, verb, actor (name), reason, reached
WITH datetime($since) AS since
MATCH (c:Change)
WHERE c.ns = $namespace AND c.at >= since.epochSeconds * 1000000 + since.microsecond
RETURN c.seq AS seq, datetime.fromEpoch(c.at / 1000000, c.at % 1000000 * 1000) AS at, c.verb AS verb,
  head(COLLECT {
    MATCH (:Identity {id: c.actor})<-[:OF]-(a:Version) RETURN a.name ORDER BY a.to_seq DESC LIMIT 1
  }) AS actor, c.reason AS reason, c.reached AS reached
ORDER BY seq DESC
