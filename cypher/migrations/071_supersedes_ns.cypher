// A namespace's open SUPERSEDES in order of their ids.
CREATE INDEX supersedes_ns IF NOT EXISTS
FOR ()-[e:SUPERSEDES]-() ON (e.ns, e.id)
