// Up to which sequence a producer is complete.
// parameters: ns, producer
// columns: seq
MATCH (w:Watermark {ns: $in.ns, producer: $in.producer})
RETURN coalesce(w.seq, 0) AS seq
