// Finds the ends of relationships.
CREATE CONSTRAINT bare_id IF NOT EXISTS
FOR (n:BareIdentity) REQUIRE n.id IS UNIQUE
