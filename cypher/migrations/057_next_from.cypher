// The NEXT that a change opened and that are open still.
CREATE INDEX next_from IF NOT EXISTS
FOR ()-[e:NEXT]-() ON (e.from_seq)
