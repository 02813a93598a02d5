// Forgets what a producer derived from some records.
// parameters: ns, producer, records
// columns: none
// allowed Eager: what is deleted is found first
UNWIND $in.records AS record
MATCH (d:Derived {record: record, producer: $in.producer})
WHERE d.ns = $in.ns
DELETE d
