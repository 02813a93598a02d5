// The closed edges that a change had opened.
CREATE INDEX past_from IF NOT EXISTS
FOR ()-[e:PAST]-() ON (e.from_seq)
