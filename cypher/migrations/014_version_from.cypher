// What a change opened.
CREATE INDEX version_from IF NOT EXISTS
FOR (v:Version) ON (v.from_seq)
