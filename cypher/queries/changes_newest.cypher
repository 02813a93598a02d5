// The changes of a namespace after one sequence and up to another, newest first.
// parameters: ns, after, upto, first, verbs (those alone, or empty)
// columns: change (properties)
MATCH (c:Change)
WHERE c.ns = $in.ns AND c.seq > $in.after AND c.seq <= $in.upto
  AND (size($in.verbs) = 0 OR c.verb IN $in.verbs)
RETURN properties(c) AS change
ORDER BY c.ns DESC, c.seq DESC
LIMIT $in.first
