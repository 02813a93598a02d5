// A namespace's open ABOUT in order of their ids.
CREATE INDEX about_ns IF NOT EXISTS
FOR ()-[e:ABOUT]-() ON (e.ns, e.id)
