// The open SUBJECT_OF of an origin.
CREATE INDEX subject_of_origin IF NOT EXISTS
FOR ()-[e:SUBJECT_OF]-() ON (e.origin)
