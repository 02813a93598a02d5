// A step of the schema is made once.
CREATE CONSTRAINT migration_number IF NOT EXISTS
FOR (m:Migration) REQUIRE m.number IS UNIQUE
