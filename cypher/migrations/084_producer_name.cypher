// A producer of vectors has one slot.
CREATE CONSTRAINT producer_name IF NOT EXISTS
FOR (p:Producer) REQUIRE p.name IS UNIQUE
