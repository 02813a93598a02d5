// The open SUPPORTS of an origin.
CREATE INDEX supports_origin IF NOT EXISTS
FOR ()-[e:SUPPORTS]-() ON (e.origin)
