// How many records each change of a namespace reached, so that the feed is read in pieces.
// parameters: ns, after, upto
// columns: seq, reached
MATCH (c:Change)
WHERE c.ns = $in.ns AND c.seq > $in.after AND c.seq <= $in.upto
RETURN c.seq AS seq, c.reached AS reached
ORDER BY c.seq
