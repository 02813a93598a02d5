// A reader set by who belongs to it.
CREATE CONSTRAINT reader_set_readers IF NOT EXISTS
FOR (r:ReaderSet) REQUIRE r.readers IS UNIQUE
