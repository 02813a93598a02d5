// Lays the vectors of some derived data where they can be searched.
// parameters: key (the slot's property), rows {record, producer, vector}
// columns: none
UNWIND $in.rows AS row
MATCH (d:Derived {record: row.record, producer: row.producer})
CALL db.create.setNodeVectorProperty(d, $in.key, row.vector)
