// A namespace's open DERIVED_FROM in order of their ids.
CREATE INDEX derived_from_ns IF NOT EXISTS
FOR ()-[e:DERIVED_FROM]-() ON (e.ns, e.id)
