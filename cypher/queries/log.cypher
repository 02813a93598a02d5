// The whole log, a page at a time.
// parameters: after (sequence), first
// columns: change (properties)
MATCH (c:Change)
WHERE c.seq > $in.after
RETURN properties(c) AS change
ORDER BY c.seq
LIMIT $in.first
