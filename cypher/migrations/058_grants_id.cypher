// An open GRANTS stands once.
CREATE CONSTRAINT grants_id IF NOT EXISTS
FOR ()-[e:GRANTS]-() REQUIRE e.id IS UNIQUE
