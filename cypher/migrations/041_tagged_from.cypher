// The TAGGED that a change opened and that are open still.
CREATE INDEX tagged_from IF NOT EXISTS
FOR ()-[e:TAGGED]-() ON (e.from_seq)
