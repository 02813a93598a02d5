// Every interval of a record.
CREATE INDEX version_id IF NOT EXISTS
FOR (v:Version) ON (v.id)
