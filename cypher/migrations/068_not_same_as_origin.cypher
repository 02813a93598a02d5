// The open NOT_SAME_AS of an origin.
CREATE INDEX not_same_as_origin IF NOT EXISTS
FOR ()-[e:NOT_SAME_AS]-() ON (e.origin)
