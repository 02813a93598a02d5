// The changes of a namespace after one sequence and up to another, newest first.
// parameters: ns, after, upto, first
// columns: change (properties)
MATCH (c:Change)
WHERE c.ns = $in.ns AND c.seq > $in.after AND c.seq <= $in.upto
RETURN properties(c) AS change
ORDER BY c.ns DESC, c.seq DESC
LIMIT $in.first
