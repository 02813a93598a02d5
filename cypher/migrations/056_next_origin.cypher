// The open NEXT of an origin.
CREATE INDEX next_origin IF NOT EXISTS
FOR ()-[e:NEXT]-() ON (e.origin)
