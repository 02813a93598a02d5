-- What records are found by: cubes by the fields of their header that say which record they are; and sources by
-- how their uri begins, for what was read from a folder.
-- Not a part of the schema's tables: a store that lacks these gets them when it is opened for writing.
CREATE INDEX IF NOT EXISTS version_record_kind
  ON version (ns, json_extract(content, '$."record_kind"'), id)
  WHERE kind = 'MemCube' AND json_extract(content, '$."record_kind"') IS NOT NULL;
CREATE INDEX IF NOT EXISTS version_record_key
  ON version (ns, json_extract(content, '$."record_key"'), id)
  WHERE kind = 'MemCube' AND json_extract(content, '$."record_key"') IS NOT NULL;
CREATE INDEX IF NOT EXISTS version_source_uri
  ON version (ns, json_extract(content, '$."uri"'), id)
  WHERE kind = 'Source' AND json_extract(content, '$."uri"') IS NOT NULL;
