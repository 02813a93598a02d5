// Which producer's vectors lie in which slot.
// columns: name, slot
// allowed NodeByLabelScan: there are at most four
MATCH (p:Producer)
RETURN p.name AS name, p.slot AS slot
