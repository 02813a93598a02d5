// One of the indexes that a version has.
CREATE INDEX bare_from IF NOT EXISTS
FOR (v:BareVersion) ON (v.from_seq)
