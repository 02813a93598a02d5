// The namespaces, and the nodes of one of them.
CREATE INDEX identity_kind IF NOT EXISTS
FOR (n:Identity) ON (n.kind, n.ns)
