// A record stands open once.
CREATE CONSTRAINT now_id IF NOT EXISTS
FOR (v:Now) REQUIRE v.id IS UNIQUE
