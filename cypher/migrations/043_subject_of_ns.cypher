// A namespace's open SUBJECT_OF in order of their ids.
CREATE INDEX subject_of_ns IF NOT EXISTS
FOR ()-[e:SUBJECT_OF]-() ON (e.ns, e.id)
