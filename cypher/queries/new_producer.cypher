// Gives a producer of vectors its slot.
// parameters: name, slot
// columns: none
CREATE (p:Producer {name: $in.name, slot: $in.slot})
