// A namespace's open SAME_AS in order of their ids.
CREATE INDEX same_as_ns IF NOT EXISTS
FOR ()-[e:SAME_AS]-() ON (e.ns, e.id)
