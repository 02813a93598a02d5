// A record has one version for each sequence at which it began.
CREATE CONSTRAINT version_interval IF NOT EXISTS
FOR (v:Version) REQUIRE (v.id, v.from_seq) IS UNIQUE
