// The CONTRADICTS that a change opened and that are open still.
CREATE INDEX contradicts_from IF NOT EXISTS
FOR ()-[e:CONTRADICTS]-() ON (e.from_seq)
