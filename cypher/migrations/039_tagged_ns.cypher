// A namespace's open TAGGED in order of their ids.
CREATE INDEX tagged_ns IF NOT EXISTS
FOR ()-[e:TAGGED]-() ON (e.ns, e.id)
