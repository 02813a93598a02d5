// What a producer derived from some records.
// parameters: ns, producer, records
// columns: record, data
UNWIND $in.records AS record
MATCH (d:Derived {record: record, producer: $in.producer})
WHERE d.ns = $in.ns
RETURN d.record AS record, d.data AS data
