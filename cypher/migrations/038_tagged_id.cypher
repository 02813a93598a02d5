// An open TAGGED stands once.
CREATE CONSTRAINT tagged_id IF NOT EXISTS
FOR ()-[e:TAGGED]-() REQUIRE e.id IS UNIQUE
