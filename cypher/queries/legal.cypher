// The versions in force under a mark that share a node, or a payload, with what is to be destroyed, or came from it.
// parameters: nodes, payloads (digests), open (the end of an open interval), mark (what a held header
//   contains)
// columns: id, node, ns, origin, payload, content, authority, valid_from, valid_to, valid_known
CALL () {
  MATCH (v:Now) WHERE v.line IN $in.nodes RETURN v
  UNION
  MATCH (v:Version) USING INDEX v:Version(origin) WHERE v.origin IN $in.nodes AND v.to_seq = $in.open RETURN v
  UNION
  MATCH (v:Version) USING INDEX v:Version(payload) WHERE v.payload IN $in.payloads AND v.to_seq = $in.open RETURN v
}
WITH v
WHERE v.kind = 'MemCube' AND v.content CONTAINS $in.mark
RETURN v.id AS id, v.node AS node, v.ns AS ns, v.origin AS origin, v.payload AS payload, v.content AS content,
  v.authority AS authority, v.valid_from AS valid_from, v.valid_to AS valid_to, v.valid_known AS valid_known
