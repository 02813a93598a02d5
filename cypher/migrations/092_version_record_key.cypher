// The cubes that are records with one key.
CREATE INDEX version_record_key IF NOT EXISTS
FOR (v:Version) ON (v.ns, v.record_key)
