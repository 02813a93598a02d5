// An idempotency key is used once by an actor in a namespace.
CREATE CONSTRAINT change_idempotency IF NOT EXISTS
FOR (c:Change) REQUIRE (c.ns, c.actor, c.idempotency) IS UNIQUE
