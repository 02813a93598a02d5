// The SUBJECT_OF that a change opened and that are open still.
CREATE INDEX subject_of_from IF NOT EXISTS
FOR ()-[e:SUBJECT_OF]-() ON (e.from_seq)
