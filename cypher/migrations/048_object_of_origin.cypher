// The open OBJECT_OF of an origin.
CREATE INDEX object_of_origin IF NOT EXISTS
FOR ()-[e:OBJECT_OF]-() ON (e.origin)
