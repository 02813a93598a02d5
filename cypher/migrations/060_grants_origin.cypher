// The open GRANTS of an origin.
CREATE INDEX grants_origin IF NOT EXISTS
FOR ()-[e:GRANTS]-() ON (e.origin)
