// Forgets how far a producer had come, so that it begins anew.
// parameters: ns, producer
// columns: none
MATCH (w:Watermark {ns: $in.ns, producer: $in.producer})
DELETE w
