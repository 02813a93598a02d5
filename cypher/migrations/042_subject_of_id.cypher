// An open SUBJECT_OF stands once.
CREATE CONSTRAINT subject_of_id IF NOT EXISTS
FOR ()-[e:SUBJECT_OF]-() REQUIRE e.id IS UNIQUE
