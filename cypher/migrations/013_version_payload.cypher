// The versions that hold one payload.
CREATE INDEX version_payload IF NOT EXISTS
FOR (v:Version) ON (v.payload)
