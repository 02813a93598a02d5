// Moves a producer's watermark forward.
// parameters: ns, producer, seq
// columns: none
MERGE (w:Watermark {ns: $in.ns, producer: $in.producer})
SET w.seq = CASE WHEN coalesce(w.seq, 0) < $in.seq THEN $in.seq ELSE coalesce(w.seq, 0) END
