// Node ids by their beginning.
CREATE INDEX identity_ns IF NOT EXISTS
FOR (n:Identity) ON (n.ns, n.id)
