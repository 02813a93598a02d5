// Deletes the nodes that were inserted.
// columns: none
MATCH (n:BareIdentity:MemCube)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS
