// An open SAME_AS stands once.
CREATE CONSTRAINT same_as_id IF NOT EXISTS
FOR ()-[e:SAME_AS]-() REQUIRE e.id IS UNIQUE
