// The edges that a change closed.
CREATE INDEX past_to IF NOT EXISTS
FOR ()-[e:PAST]-() ON (e.to_seq)
