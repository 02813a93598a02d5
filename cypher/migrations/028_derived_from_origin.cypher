// The open DERIVED_FROM of an origin.
CREATE INDEX derived_from_origin IF NOT EXISTS
FOR ()-[e:DERIVED_FROM]-() ON (e.origin)
