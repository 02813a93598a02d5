// The changes of a namespace after one sequence and up to another, oldest first.
// parameters: ns, after, upto, first
// columns: change (properties)
MATCH (c:Change)
WHERE c.ns = $ns AND c.seq > $after AND c.seq <= $upto
RETURN properties(c) AS change
ORDER BY c.seq ASC
LIMIT $first
