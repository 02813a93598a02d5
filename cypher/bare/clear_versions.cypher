// Deletes the versions that were inserted.
// columns: none
MATCH (n:BareVersion)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS
