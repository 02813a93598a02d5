// Up to which sequence a producer is complete.
// parameters: ns, producer
// columns: seq
MATCH (w:Watermark {ns: $ns, producer: $producer})
RETURN w.seq AS seq
