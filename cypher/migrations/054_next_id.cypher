// An open NEXT stands once.
CREATE CONSTRAINT next_id IF NOT EXISTS
FOR ()-[e:NEXT]-() REQUIRE e.id IS UNIQUE
