// Notes that one step of the schema was made.
// parameters: number, name, checksum, at (microseconds)
// columns: none
MERGE (m:Migration {number: $number})
SET m.name = $name, m.checksum = $checksum, m.at = $at
