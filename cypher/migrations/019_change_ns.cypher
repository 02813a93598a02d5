// A namespace's log in order.
CREATE INDEX change_ns IF NOT EXISTS
FOR (c:Change) ON (c.ns, c.seq)
