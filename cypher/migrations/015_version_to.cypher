// What a change closed.
CREATE INDEX version_to IF NOT EXISTS
FOR (v:Version) ON (v.to_seq)
