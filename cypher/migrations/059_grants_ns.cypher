// A namespace's open GRANTS in order of their ids.
CREATE INDEX grants_ns IF NOT EXISTS
FOR ()-[e:GRANTS]-() ON (e.ns, e.id)
