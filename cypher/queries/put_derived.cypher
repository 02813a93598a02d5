// Keeps derived data of records that still have content, under the lock of the log.
// parameters: ns, rows {record, producer, data}
// columns: none
// allowed Eager: the lock comes before the look at the records
MATCH (h:Head {one: 1})
SET h.held = 'derived'
WITH h
UNWIND $in.rows AS row
MATCH (v:Version {id: row.record})
WHERE v.ns = $in.ns AND v.salt IS NOT NULL
WITH DISTINCT row.record AS record, row.producer AS producer, row.data AS data
MERGE (d:Derived {record: record, producer: producer})
SET d.ns = $in.ns, d.data = data
