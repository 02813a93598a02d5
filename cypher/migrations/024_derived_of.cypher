// Everything that was derived from a record.
CREATE INDEX derived_of IF NOT EXISTS
FOR (d:Derived) ON (d.record)
