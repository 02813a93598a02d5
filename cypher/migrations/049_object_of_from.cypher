// The OBJECT_OF that a change opened and that are open still.
CREATE INDEX object_of_from IF NOT EXISTS
FOR ()-[e:OBJECT_OF]-() ON (e.from_seq)
