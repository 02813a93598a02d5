// A namespace's versions of one kind, in order of their ids.
CREATE INDEX version_kind IF NOT EXISTS
FOR (v:Version) ON (v.ns, v.kind, v.id)
