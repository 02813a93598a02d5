// An open OBJECT_OF stands once.
CREATE CONSTRAINT object_of_id IF NOT EXISTS
FOR ()-[e:OBJECT_OF]-() REQUIRE e.id IS UNIQUE
