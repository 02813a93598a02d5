// One of the indexes that a version has.
CREATE INDEX bare_kind IF NOT EXISTS
FOR (v:BareVersion) ON (v.ns, v.kind, v.id)
