// A namespace's closed edges of one kind in order of their ids.
CREATE INDEX past_ns IF NOT EXISTS
FOR ()-[e:PAST]-() ON (e.ns, e.kind, e.id)
