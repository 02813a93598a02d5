// What an origin put there.
CREATE INDEX version_origin IF NOT EXISTS
FOR (v:Version) ON (v.origin)
