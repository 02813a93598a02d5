// The open ABOUT of an origin.
CREATE INDEX about_origin IF NOT EXISTS
FOR ()-[e:ABOUT]-() ON (e.origin)
