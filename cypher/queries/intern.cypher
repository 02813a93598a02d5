// Makes reader sets that are not there yet.
// parameters: sets {acl, readers (JSON), agents (node ids)}, many (how many there are then)
// columns: many
// allowed Eager: a handful of sets, made before their members are joined to them
MATCH (h:Head {one: 1})
SET h.sets = $in.many
WITH h
CALL () {
  UNWIND $in.sets AS row
  CREATE (r:ReaderSet {acl: row.acl, readers: row.readers})
  WITH r, row
  UNWIND row.agents AS agent
  MATCH (a:Identity {id: agent})
  CREATE (a)-[:MEMBER_OF]->(r)
}
RETURN h.sets AS many
