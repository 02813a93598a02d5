// There is one head, and one lock.
CREATE CONSTRAINT head_one IF NOT EXISTS
FOR (h:Head) REQUIRE h.one IS UNIQUE
