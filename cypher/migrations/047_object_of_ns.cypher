// A namespace's open OBJECT_OF in order of their ids.
CREATE INDEX object_of_ns IF NOT EXISTS
FOR ()-[e:OBJECT_OF]-() ON (e.ns, e.id)
