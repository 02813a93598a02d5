// The open CONTRADICTS of an origin.
CREATE INDEX contradicts_origin IF NOT EXISTS
FOR ()-[e:CONTRADICTS]-() ON (e.origin)
