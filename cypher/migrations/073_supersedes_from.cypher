// The SUPERSEDES that a change opened and that are open still.
CREATE INDEX supersedes_from IF NOT EXISTS
FOR ()-[e:SUPERSEDES]-() ON (e.from_seq)
