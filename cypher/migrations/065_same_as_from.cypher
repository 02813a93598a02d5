// The SAME_AS that a change opened and that are open still.
CREATE INDEX same_as_from IF NOT EXISTS
FOR ()-[e:SAME_AS]-() ON (e.from_seq)
