// The open SUPERSEDES of an origin.
CREATE INDEX supersedes_origin IF NOT EXISTS
FOR ()-[e:SUPERSEDES]-() ON (e.origin)
