// The SUPPORTS that a change opened and that are open still.
CREATE INDEX supports_from IF NOT EXISTS
FOR ()-[e:SUPPORTS]-() ON (e.from_seq)
