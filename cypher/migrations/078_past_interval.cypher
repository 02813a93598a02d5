// A closed interval of an edge stands once.
CREATE CONSTRAINT past_interval IF NOT EXISTS
FOR ()-[e:PAST]-() REQUIRE (e.id, e.from_seq) IS UNIQUE
