// The sources that were read from one folder.
CREATE INDEX version_uri IF NOT EXISTS
FOR (v:Version) ON (v.ns, v.uri)
