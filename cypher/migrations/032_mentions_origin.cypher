// The open MENTIONS of an origin.
CREATE INDEX mentions_origin IF NOT EXISTS
FOR ()-[e:MENTIONS]-() ON (e.origin)
