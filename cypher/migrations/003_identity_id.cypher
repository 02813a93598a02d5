// A node is found by its id.
CREATE CONSTRAINT identity_id IF NOT EXISTS
FOR (n:Identity) REQUIRE n.id IS UNIQUE
