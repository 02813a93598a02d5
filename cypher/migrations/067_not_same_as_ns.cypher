// A namespace's open NOT_SAME_AS in order of their ids.
CREATE INDEX not_same_as_ns IF NOT EXISTS
FOR ()-[e:NOT_SAME_AS]-() ON (e.ns, e.id)
