// Notes that one step of the schema was made.
// parameters: number, name, checksum, at (microseconds)
// columns: none
MERGE (m:Migration {number: $in.number})
SET m.name = $in.name, m.checksum = $in.checksum, m.at = $in.at
