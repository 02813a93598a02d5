// The DERIVED_FROM that a change opened and that are open still.
CREATE INDEX derived_from_from IF NOT EXISTS
FOR ()-[e:DERIVED_FROM]-() ON (e.from_seq)
