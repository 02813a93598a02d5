// The open SAME_AS of an origin.
CREATE INDEX same_as_origin IF NOT EXISTS
FOR ()-[e:SAME_AS]-() ON (e.origin)
