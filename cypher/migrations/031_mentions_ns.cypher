// A namespace's open MENTIONS in order of their ids.
CREATE INDEX mentions_ns IF NOT EXISTS
FOR ()-[e:MENTIONS]-() ON (e.ns, e.id)
