// An open ABOUT stands once.
CREATE CONSTRAINT about_id IF NOT EXISTS
FOR ()-[e:ABOUT]-() REQUIRE e.id IS UNIQUE
