// What a producer derived from a record.
CREATE CONSTRAINT derived_record IF NOT EXISTS
FOR (d:Derived) REQUIRE (d.record, d.producer) IS UNIQUE
