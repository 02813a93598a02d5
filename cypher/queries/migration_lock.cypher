// Takes the lock under which the schema is made, one process at a time.
// parameters: secret (32 bytes, kept where there is none yet)
// columns: done (numbers of the steps that were made)
MERGE (s:Memcubes {one: 1})
ON CREATE SET s.secret = $in.secret
SET s.held = 'migration'
RETURN COLLECT { MATCH (m:Migration) WHERE m.number > 0 RETURN m.number } AS done
