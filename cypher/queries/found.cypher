// Makes the head of an empty log, and the one reader set that is everybody.
// parameters: roots (of the tree over no leaves)
// columns: none
MERGE (h:Head {one: 1})
ON CREATE SET h.seq = 0, h.at = 0, h.roots = $in.roots, h.sets = 0
