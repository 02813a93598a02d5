// What a producer derived from some records.
// parameters: ns, producer, records
// columns: record, data
UNWIND $records AS record
MATCH (d:Derived {record: record, producer: $producer})
WHERE d.ns = $ns
RETURN d.record AS record, d.data AS data
