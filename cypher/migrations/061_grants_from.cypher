// The GRANTS that a change opened and that are open still.
CREATE INDEX grants_from IF NOT EXISTS
FOR ()-[e:GRANTS]-() ON (e.from_seq)
