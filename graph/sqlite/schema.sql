-- The embedded store, schema 1. Nodes are named by small integers inside the file (ord);
-- 9007199254740991 (2^53 - 1) ends an interval that has not ended.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL, at INTEGER NOT NULL, roots BLOB NOT NULL
) STRICT;

CREATE TABLE acl (id INTEGER PRIMARY KEY, readers TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE node (
  ord INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ns TEXT NOT NULL, kind TEXT NOT NULL,
  key TEXT, acl INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX node_key ON node (ns, kind, key) WHERE key IS NOT NULL;

CREATE TABLE payload (
  digest TEXT PRIMARY KEY, form TEXT NOT NULL, content TEXT, salt BLOB
) STRICT;

CREATE TABLE version (
  id TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, ns TEXT NOT NULL,
  kind TEXT NOT NULL, node INTEGER NOT NULL, origin INTEGER NOT NULL, authority INTEGER NOT NULL,
  valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, valid_known INTEGER NOT NULL,
  content TEXT, payload TEXT, salt BLOB, digest TEXT NOT NULL, acl INTEGER NOT NULL DEFAULT 0,
  shredded INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, from_seq)
) STRICT;
CREATE INDEX version_node ON version (node, to_seq, from_seq);
CREATE INDEX version_origin ON version (origin, to_seq);
CREATE INDEX version_kind ON version (ns, kind, id);
CREATE INDEX version_from ON version (from_seq);
CREATE INDEX version_to ON version (to_seq) WHERE to_seq < 9007199254740991;
CREATE INDEX version_payload ON version (payload) WHERE payload IS NOT NULL;
CREATE UNIQUE INDEX version_open ON version (id) WHERE to_seq = 9007199254740991;
CREATE UNIQUE INDEX version_line ON version (node, origin) WHERE to_seq = 9007199254740991;
CREATE UNIQUE INDEX version_one_line ON version (node)
  WHERE to_seq = 9007199254740991 AND kind NOT IN ('Entity', 'Fact', 'Tag', 'Source', 'Agent');

CREATE TABLE edge (
  id TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, ns TEXT NOT NULL,
  kind TEXT NOT NULL, src INTEGER NOT NULL, dst INTEGER NOT NULL, origin INTEGER NOT NULL,
  authority INTEGER NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,
  valid_known INTEGER NOT NULL, content TEXT, salt BLOB, digest TEXT NOT NULL,
  acl INTEGER NOT NULL DEFAULT 0,
  shredded INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, from_seq)
) STRICT;
CREATE INDEX edge_src ON edge (src, kind, to_seq, from_seq, dst);
CREATE INDEX edge_dst ON edge (dst, kind, to_seq, from_seq, src);
CREATE INDEX edge_kind ON edge (ns, kind, id);
CREATE INDEX edge_origin ON edge (origin, to_seq);
CREATE INDEX edge_from ON edge (from_seq);
CREATE INDEX edge_to ON edge (to_seq) WHERE to_seq < 9007199254740991;
CREATE UNIQUE INDEX edge_open ON edge (id) WHERE to_seq = 9007199254740991;

CREATE TABLE change (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ns TEXT NOT NULL, at INTEGER NOT NULL,
  verb TEXT NOT NULL, actor TEXT NOT NULL, behalf TEXT NOT NULL, enacts TEXT,
  idempotency TEXT, request_hash TEXT NOT NULL, note TEXT, note_salt BLOB, leaf BLOB NOT NULL
) STRICT;
CREATE INDEX change_ns ON change (ns, seq);
CREATE UNIQUE INDEX change_idempotency ON change (ns, actor, idempotency)
  WHERE idempotency IS NOT NULL;

CREATE TABLE derived (
  record TEXT NOT NULL, producer TEXT NOT NULL, ns TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (producer, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived_record ON derived (record);

CREATE TABLE watermark (
  ns TEXT NOT NULL, producer TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (ns, producer)
) STRICT;

CREATE TABLE migration (number INTEGER PRIMARY KEY, checksum TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
INSERT INTO head VALUES (1, 0, 0, x'');
INSERT INTO acl VALUES (0, '*');
