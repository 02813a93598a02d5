// Moves a producer's watermark forward.
// parameters: ns, producer, seq
// columns: none
MERGE (w:Watermark {ns: $ns, producer: $producer})
SET w.seq = CASE WHEN coalesce(w.seq, 0) < $seq THEN $seq ELSE w.seq END
