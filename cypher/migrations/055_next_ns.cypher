// A namespace's open NEXT in order of their ids.
CREATE INDEX next_ns IF NOT EXISTS
FOR ()-[e:NEXT]-() ON (e.ns, e.id)
