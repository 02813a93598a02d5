// The cubes that are records of one kind.
CREATE INDEX version_record_kind IF NOT EXISTS
FOR (v:Version) ON (v.ns, v.record_kind)
