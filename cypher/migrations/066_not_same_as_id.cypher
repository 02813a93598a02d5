// An open NOT_SAME_AS stands once.
CREATE CONSTRAINT not_same_as_id IF NOT EXISTS
FOR ()-[e:NOT_SAME_AS]-() REQUIRE e.id IS UNIQUE
