// A namespace's open SUPPORTS in order of their ids.
CREATE INDEX supports_ns IF NOT EXISTS
FOR ()-[e:SUPPORTS]-() ON (e.ns, e.id)
