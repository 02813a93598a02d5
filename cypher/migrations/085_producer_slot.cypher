// A slot holds the vectors of one producer: two encoders never share an index.
CREATE CONSTRAINT producer_slot IF NOT EXISTS
FOR (p:Producer) REQUIRE p.slot IS UNIQUE
