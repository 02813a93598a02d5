// The NOT_SAME_AS that a change opened and that are open still.
CREATE INDEX not_same_as_from IF NOT EXISTS
FOR ()-[e:NOT_SAME_AS]-() ON (e.from_seq)
