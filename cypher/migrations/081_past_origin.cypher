// The closed edges of an origin.
CREATE INDEX past_origin IF NOT EXISTS
FOR ()-[e:PAST]-() ON (e.origin)
