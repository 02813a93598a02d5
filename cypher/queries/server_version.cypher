// What the server is made of; the row of the name 'Neo4j Kernel' has its version.
// It runs on the database system, which takes a bare call and nothing around it.
// parameters: none
// columns: name, versions, edition
CALL dbms.components() YIELD name, versions, edition
