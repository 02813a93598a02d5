// A namespace's open CONTRADICTS in order of their ids.
CREATE INDEX contradicts_ns IF NOT EXISTS
FOR ()-[e:CONTRADICTS]-() ON (e.ns, e.id)
