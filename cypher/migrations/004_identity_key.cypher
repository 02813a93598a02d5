// A keyed node is found by its value, and stands once.
CREATE CONSTRAINT identity_key IF NOT EXISTS
FOR (n:Identity) REQUIRE (n.ns, n.kind, n.key) IS UNIQUE
