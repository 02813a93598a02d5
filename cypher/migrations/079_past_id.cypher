// Every closed interval of an edge.
CREATE INDEX past_id IF NOT EXISTS
FOR ()-[e:PAST]-() ON (e.id)
