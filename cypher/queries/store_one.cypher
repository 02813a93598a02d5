// Makes sure that a database holds one store; the first step of all, before there is a lock.
// columns: none
CREATE CONSTRAINT memcubes_one IF NOT EXISTS
FOR (s:Memcubes) REQUIRE s.one IS UNIQUE
