// One of the indexes that a version has.
CREATE INDEX bare_origin IF NOT EXISTS
FOR (v:BareVersion) ON (v.origin)
