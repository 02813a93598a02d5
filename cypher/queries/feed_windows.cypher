// How many records each change of a namespace reached, so that the feed is read in pieces.
// parameters: ns, after, upto
// columns: seq, reached
MATCH (c:Change)
WHERE c.ns = $ns AND c.seq > $after AND c.seq <= $upto
RETURN c.seq AS seq, c.reached AS reached
ORDER BY c.seq
