// Frees the slot of a producer of which no namespace has vectors any more.
// parameters: producer
// columns: none
// allowed NodeByLabelScan: there are at most four producers, and few watermarks
// allowed Eager: what is deleted is found first
MATCH (p:Producer {name: $in.producer})
WHERE NOT EXISTS { MATCH (w:Watermark) WHERE w.producer = $in.producer }
DELETE p
