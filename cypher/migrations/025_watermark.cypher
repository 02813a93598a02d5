// How far a producer has come in a namespace.
CREATE CONSTRAINT watermark IF NOT EXISTS
FOR (w:Watermark) REQUIRE (w.ns, w.producer) IS UNIQUE
