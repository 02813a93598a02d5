// A reader set by its number.
CREATE CONSTRAINT reader_set_acl IF NOT EXISTS
FOR (r:ReaderSet) REQUIRE r.acl IS UNIQUE
