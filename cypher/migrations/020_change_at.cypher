// The last change up to an instant.
CREATE INDEX change_at IF NOT EXISTS
FOR (c:Change) ON (c.at)
