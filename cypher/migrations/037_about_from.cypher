// The ABOUT that a change opened and that are open still.
CREATE INDEX about_from IF NOT EXISTS
FOR ()-[e:ABOUT]-() ON (e.from_seq)
