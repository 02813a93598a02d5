// Where the log stands.
// columns: seq, at (microseconds), roots (bytes of the compact range over all leaves)
MATCH (h:Head {one: 1})
RETURN h.seq AS seq, h.at AS at, h.roots AS roots
