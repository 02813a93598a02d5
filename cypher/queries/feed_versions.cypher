// Every interval of a version that began or ended after one sequence and up to another.
// parameters: ns, after, upto
// columns: version (properties)
CALL () {
  MATCH (v:Version)
  USING INDEX v:Version(from_seq)
  WHERE v.from_seq > $in.after AND v.from_seq <= $in.upto AND v.ns = $in.ns
  RETURN v
  UNION ALL
  MATCH (v:Version)
  USING INDEX v:Version(to_seq)
  WHERE v.to_seq > $in.after AND v.to_seq <= $in.upto AND v.from_seq <= $in.after AND v.ns = $in.ns
  RETURN v
}
RETURN properties(v) AS version
