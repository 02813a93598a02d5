// One of the indexes that a version has.
CREATE CONSTRAINT bare_version IF NOT EXISTS
FOR (v:BareVersion) REQUIRE (v.id, v.from_seq) IS UNIQUE
