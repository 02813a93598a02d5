// The open TAGGED of an origin.
CREATE INDEX tagged_origin IF NOT EXISTS
FOR ()-[e:TAGGED]-() ON (e.origin)
