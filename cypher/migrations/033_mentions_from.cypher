// The MENTIONS that a change opened and that are open still.
CREATE INDEX mentions_from IF NOT EXISTS
FOR ()-[e:MENTIONS]-() ON (e.from_seq)
