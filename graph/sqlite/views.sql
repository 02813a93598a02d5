-- Read-only views for any SQLite tool, each named by what it answers (docs/sqlite.md). They are part of no
-- schema: memcubes never reads them, and this file may be run again at any time to bring them up to date:
--   sqlite3 memories.db < views.sql
-- Instants are text in UTC of one length, so that they compare as they stand. `until` and `to_seq` are
-- NULL where something has not ended.

-- The log: who did what, when and why, and how many records it reached.
DROP VIEW IF EXISTS changed;
CREATE VIEW changed AS
SELECT c.ns AS namespace, c.seq,
  strftime('%Y-%m-%dT%H:%M:%S', c.at / 1000000, 'unixepoch') || printf('.%06dZ', c.at % 1000000) AS at,
  c.at AS at_us, c.verb,
  (SELECT json_extract(v.content, '$.name') FROM node n JOIN version v ON v.node = n.ord
    WHERE n.id = c.actor ORDER BY v.to_seq DESC LIMIT 1) AS actor,
  nullif(json_extract(c.note, '$.reason'), '') AS reason,
  coalesce((SELECT sum(coalesce(json_extract(o.value, '$.count'), 1))
    FROM json_each(CAST(c.leaf AS TEXT), '$.ops') o), 0) AS reached,
  c.note
FROM change c;

-- Every version of every node as rows for people; the other views are made from it.
DROP VIEW IF EXISTS said;
CREATE VIEW said AS
SELECT v.ns AS namespace, v.kind, n.id AS node, n.ord, v.origin, v.from_seq, v.to_seq, v.id AS version,
  v.authority, v.acl, v.payload,
  json_extract(v.content, '$.title') AS title, p.content AS text,
  coalesce(json_extract(v.content, '$.name'), json_extract(v.content, '$.title')) AS name,
  CASE v.kind
    WHEN 'MemCube' THEN p.content
    WHEN 'Fact' THEN rtrim(json_extract(v.content, '$.subject')
      || CASE WHEN json_extract(v.content, '$.negated') THEN ' not ' ELSE ' ' END
      || json_extract(v.content, '$.relation') || ' ' || json_extract(v.content, '$.object'))
    WHEN 'Injection' THEN json_extract(v.content, '$.question')
    WHEN 'Decision' THEN json_extract(v.content, '$.verb')
    ELSE coalesce(json_extract(v.content, '$.name'), json_extract(v.content, '$.title'))
  END AS words,
  CASE WHEN json_extract(v.content, '$.stated') IS NOT NULL THEN
    strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(v.content, '$.stated') / 1000000, 'unixepoch')
  END AS stated,
  json_extract(v.content, '$.stated') AS stated_us,
  v.content
FROM version v JOIN node n ON n.ord = v.node LEFT JOIN payload p ON p.digest = v.payload;

-- The nodes in force, each as the version that speaks for it says: the highest authority, then the newest.
DROP VIEW IF EXISTS live_node;
CREATE VIEW live_node AS
SELECT s.* FROM said s
WHERE s.to_seq = 9007199254740991 AND s.version = (
  SELECT w.id FROM version w WHERE w.node = s.ord AND w.to_seq = 9007199254740991
  ORDER BY w.authority DESC, w.from_seq DESC, w.id LIMIT 1);

-- The edges in force: open, and both nodes live.
DROP VIEW IF EXISTS live_edge;
CREATE VIEW live_edge AS
SELECT e.ns AS namespace, e.kind, s.id AS src, d.id AS dst, e.src AS src_ord, e.dst AS dst_ord, e.origin,
  e.from_seq, json_extract(e.content, '$.role') AS role, e.content
FROM edge e JOIN node s ON s.ord = e.src JOIN node d ON d.ord = e.dst
WHERE e.to_seq = 9007199254740991
  AND EXISTS (SELECT 1 FROM version v WHERE v.node = e.src AND v.to_seq = 9007199254740991)
  AND EXISTS (SELECT 1 FROM version v WHERE v.node = e.dst AND v.to_seq = 9007199254740991);

-- The sources in force.
DROP VIEW IF EXISTS live_source;
CREATE VIEW live_source AS
SELECT namespace, node AS source, name, title, json_extract(content, '$.uri') AS uri,
  json_extract(content, '$.author') AS author, json_extract(content, '$.media') AS media,
  json_extract(content, '$.language') AS language, stated, stated_us, from_seq, ord
FROM live_node WHERE kind = 'Source';

-- The cubes in force, with the source that each was read from: who wrote these words.
DROP VIEW IF EXISTS live_cube;
CREATE VIEW live_cube AS
SELECT c.namespace, c.node AS cube, c.title, c.text, o.name AS source, o.uri, o.author,
  json_extract(c.content, '$.speaker') AS speaker, c.stated, c.stated_us,
  json_extract(c.content, '$.semantic_type') AS semantic_type,
  json_extract(c.content, '$.language') AS language, c.from_seq, o.source AS source_node, c.ord
FROM live_node c
LEFT JOIN live_edge e ON e.src_ord = c.ord AND e.kind = 'DERIVED_FROM'
LEFT JOIN live_source o ON o.ord = e.dst_ord
WHERE c.kind = 'MemCube';

-- The entities in force, and in how many cubes of how many sources they are mentioned.
DROP VIEW IF EXISTS live_entity;
CREATE VIEW live_entity AS
SELECT n.namespace, n.node AS entity, n.name, json_extract(n.content, '$.label') AS label,
  (SELECT count(DISTINCT e.src) FROM live_edge e WHERE e.dst_ord = n.ord AND e.kind = 'MENTIONS') AS cubes,
  (SELECT count(DISTINCT e.origin) FROM live_edge e
    WHERE e.dst_ord = n.ord AND e.kind = 'MENTIONS') AS sources,
  n.ord
FROM live_node n WHERE n.kind = 'Entity';

-- The facts in force, each with how many sources state it.
DROP VIEW IF EXISTS live_fact;
CREATE VIEW live_fact AS
SELECT n.namespace, n.node AS fact, n.words, json_extract(n.content, '$.subject') AS subject,
  json_extract(n.content, '$.relation') AS relation, json_extract(n.content, '$.object') AS object,
  json_extract(n.content, '$.negated') AS negated, json_extract(n.content, '$.correction') AS correction,
  (SELECT count(DISTINCT e.origin) FROM live_edge e
    WHERE e.dst_ord = n.ord AND e.kind = 'SUPPORTS') AS sources,
  n.ord
FROM live_node n WHERE n.kind = 'Fact';

-- The answers and prompt blocks that were given out.
DROP VIEW IF EXISTS live_answer;
CREATE VIEW live_answer AS
SELECT n.namespace, n.node AS answer, n.words AS question, json_extract(n.content, '$.verb') AS verb,
  c.at AS asked, c.at_us AS asked_us, c.actor, n.text, n.ord
FROM live_node n JOIN changed c ON c.seq = n.from_seq
WHERE n.kind = 'Injection';

-- Who said this: the sentences that state a fact, where they stand, who wrote them and when.
DROP VIEW IF EXISTS said_by;
CREATE VIEW said_by AS
SELECT f.namespace, f.fact, f.words, c.source, c.uri, c.author, c.speaker, c.stated, c.cube,
  substr(c.text, json_extract(p.value, '$[0]') + 1,
    json_extract(p.value, '$[1]') - json_extract(p.value, '$[0]')) AS sentence
FROM live_fact f
JOIN live_edge e ON e.dst_ord = f.ord AND e.kind = 'SUPPORTS'
JOIN live_cube c ON c.ord = e.src_ord AND c.source IS NOT NULL
JOIN json_each(e.content, '$.spans') p;

-- What was made from a source: its cubes, the facts they state, the answers that used them, the past included.
DROP VIEW IF EXISTS made_from;
CREATE VIEW made_from AS
WITH cube (src, ord) AS (
  SELECT DISTINCT dst, src FROM edge WHERE kind = 'DERIVED_FROM'
), made (src, ord) AS (
  SELECT src, ord FROM cube
  UNION SELECT c.src, e.dst FROM cube c JOIN edge e ON e.src = c.ord AND e.kind = 'SUPPORTS'
  UNION SELECT c.src, e.src FROM cube c JOIN edge e ON e.dst = c.ord AND e.kind = 'DERIVED_FROM'
)
SELECT o.ns AS namespace, o.id AS source, n.kind, n.id AS node,
  (SELECT s.words FROM said s WHERE s.ord = m.ord
    ORDER BY s.to_seq DESC, s.from_seq DESC, s.version LIMIT 1) AS words,
  EXISTS (SELECT 1 FROM version v WHERE v.node = m.ord AND v.to_seq = 9007199254740991) AS standing
FROM made m JOIN node o ON o.ord = m.src AND o.kind = 'Source' JOIN node n ON n.ord = m.ord;

-- What a cube touches: the entities it mentions or is about, and the facts it states.
DROP VIEW IF EXISTS touches;
CREATE VIEW touches AS
SELECT e.namespace, e.src AS cube, e.kind AS how, n.node, n.words
FROM live_edge e JOIN live_node n ON n.ord = e.dst_ord JOIN node c ON c.ord = e.src_ord
WHERE e.kind IN ('MENTIONS', 'ABOUT', 'SUPPORTS') AND n.kind IN ('Entity', 'Fact') AND c.kind = 'MemCube';

-- What an entity stands beside: entities that the same cubes mention, and how many facts join the two.
DROP VIEW IF EXISTS neighbours;
CREATE VIEW neighbours AS
SELECT a.namespace, a.name AS of, b.node AS entity, b.name, json_extract(b.content, '$.label') AS label,
  count(DISTINCT x.src_ord) AS cubes,
  (SELECT count(DISTINCT s.dst_ord) FROM live_edge s JOIN live_edge t ON t.dst_ord = s.dst_ord
    WHERE s.src_ord = a.ord AND t.src_ord = b.ord AND s.kind IN ('SUBJECT_OF', 'OBJECT_OF')
      AND t.kind IN ('SUBJECT_OF', 'OBJECT_OF')) AS facts
FROM live_node a
JOIN live_edge x ON x.dst_ord = a.ord AND x.kind = 'MENTIONS'
JOIN live_edge y ON y.src_ord = x.src_ord AND y.kind = 'MENTIONS' AND y.dst_ord <> a.ord
JOIN live_node b ON b.ord = y.dst_ord
WHERE a.kind = 'Entity'
GROUP BY a.ord, b.ord;

-- What a node said before: each of its versions, from when to when, and who brought it.
DROP VIEW IF EXISTS history;
CREATE VIEW history AS
SELECT s.namespace, s.kind, s.node, s.from_seq, u.seq AS to_seq, c.at AS since, u.at AS until, s.words,
  c.verb, c.actor, c.reason, s.version
FROM said s JOIN changed c ON c.seq = s.from_seq LEFT JOIN changed u ON u.seq = s.to_seq;

-- What was stated when: each fact as long as one source stated it. What of it was believed follows from
-- corrections and is worked out by memcubes alone.
DROP VIEW IF EXISTS stated;
CREATE VIEW stated AS
SELECT i.namespace, i.fact, i.words, o.name AS source, i.from_seq, u.seq AS to_seq, c.at AS since,
  u.at AS until
FROM (
  SELECT f.namespace, f.node AS fact, f.words, f.origin, max(f.from_seq, e.from_seq, c.from_seq) AS from_seq,
    min(f.to_seq, e.to_seq, c.to_seq) AS to_seq
  FROM said f
  JOIN edge e ON e.dst = f.ord AND e.kind = 'SUPPORTS' AND e.origin = f.origin
  JOIN version c ON c.node = e.src
  WHERE f.kind = 'Fact'
) i
JOIN changed c ON c.seq = i.from_seq
LEFT JOIN changed u ON u.seq = i.to_seq
JOIN said o ON o.ord = i.origin AND o.from_seq <= i.from_seq AND o.to_seq > i.from_seq
WHERE i.from_seq < i.to_seq;

-- What was retracted, by whom and why, and whether it has come back since.
DROP VIEW IF EXISTS retracted;
CREATE VIEW retracted AS
SELECT c.namespace, c.seq, c.at, c.actor, c.reason, s.kind, s.node, min(s.words) AS words,
  EXISTS (SELECT 1 FROM version v WHERE v.node = s.ord AND v.to_seq = 9007199254740991) AS standing
FROM changed c
JOIN json_each(c.note, '$.targets') t
JOIN said s ON s.node = t.value AND s.to_seq = c.seq
WHERE c.verb = 'retract'
GROUP BY c.seq, s.ord;

-- What an answer rests on: the sentences that were given out, with their sources as they stood.
DROP VIEW IF EXISTS answer_sources;
CREATE VIEW answer_sources AS
SELECT r.ns AS namespace, r.id AS answer, o.name AS source, json_extract(o.content, '$.uri') AS uri,
  s.node AS cube,
  CASE WHEN p.value IS NULL THEN s.text ELSE substr(s.text, json_extract(p.value, '$[0]') + 1,
    json_extract(p.value, '$[1]') - json_extract(p.value, '$[0]')) END AS sentence,
  s.to_seq = 9007199254740991 AS standing
FROM edge e
JOIN node r ON r.ord = e.src
JOIN said s ON s.ord = e.dst AND s.payload = json_extract(e.content, '$.payload')
  AND s.to_seq = (SELECT max(v.to_seq) FROM version v
    WHERE v.node = e.dst AND v.payload = json_extract(e.content, '$.payload'))
JOIN said o ON o.ord = s.origin AND o.to_seq = (SELECT max(v.to_seq) FROM version v WHERE v.node = s.origin)
LEFT JOIN json_each(e.content, '$.spans') p
WHERE e.kind = 'DERIVED_FROM' AND e.to_seq = 9007199254740991
  AND json_extract(e.content, '$.role') = 'use';

-- Which answers rest on content that is no longer in force: withdrawn, or worded otherwise by now.
DROP VIEW IF EXISTS stale_answers;
CREATE VIEW stale_answers AS
SELECT r.ns AS namespace, r.id AS answer, json_extract(a.content, '$.question') AS question, q.at AS asked,
  s.node AS cube, s.text, o.name AS source, c.verb, c.actor, c.reason
FROM edge e
JOIN node r ON r.ord = e.src AND r.kind = 'Injection'
JOIN version a ON a.node = e.src AND a.to_seq = 9007199254740991
JOIN said s ON s.ord = e.dst AND s.payload = json_extract(e.content, '$.payload')
  AND s.to_seq = (SELECT max(v.to_seq) FROM version v
    WHERE v.node = e.dst AND v.payload = json_extract(e.content, '$.payload'))
JOIN said o ON o.ord = s.origin AND o.to_seq = (SELECT max(v.to_seq) FROM version v WHERE v.node = s.origin)
JOIN changed q ON q.seq = e.from_seq
JOIN changed c ON c.seq = s.to_seq
WHERE e.kind = 'DERIVED_FROM' AND e.to_seq = 9007199254740991
  AND json_extract(e.content, '$.role') = 'use';

-- Which statements call themselves corrections, and what else is said of the same subject that they
-- speak against: by the value that they name, or by the same relation.
DROP VIEW IF EXISTS corrections;
CREATE VIEW corrections AS
SELECT DISTINCT s.namespace, s.node AS fact, s.words, json_extract(s.content, '$.instead_of') AS instead_of,
  o.name AS source, g.fact AS other, g.words AS other_words
FROM said s
LEFT JOIN live_source o ON o.ord = s.origin
JOIN live_edge t ON t.dst_ord = s.ord AND t.kind = 'SUPPORTS' AND t.origin = s.origin
LEFT JOIN (
  SELECT x.dst_ord AS mine, f.* FROM live_edge x
  JOIN live_edge y ON y.src_ord = x.src_ord AND y.kind = 'SUBJECT_OF' AND y.dst_ord <> x.dst_ord
  JOIN live_fact f ON f.ord = y.dst_ord
  WHERE x.kind = 'SUBJECT_OF'
) g ON g.mine = s.ord AND (
  g.relation = json_extract(s.content, '$.relation') AND g.negated = json_extract(s.content, '$.negated')
  OR substr(json_extract(s.content, '$.instead_of'), -length(g.object)) = g.object)
WHERE s.kind = 'Fact' AND s.to_seq = 9007199254740991 AND json_extract(s.content, '$.correction');

-- Which statements supersede or contradict others because somebody, or a source, says so.
DROP VIEW IF EXISTS opposed;
CREATE VIEW opposed AS
SELECT e.namespace, e.src AS one, a.words AS one_words, e.kind AS how, e.dst AS other,
  b.words AS other_words, c.actor, c.reason
FROM live_edge e
JOIN live_node a ON a.ord = e.src_ord
JOIN live_node b ON b.ord = e.dst_ord
JOIN changed c ON c.seq = e.from_seq
WHERE e.kind IN ('SUPERSEDES', 'CONTRADICTS');

-- Which names mean one entity by somebody's decision.
DROP VIEW IF EXISTS merged;
CREATE VIEW merged AS
SELECT e.namespace, e.src AS entity, a.name, e.dst AS same_as, b.name AS same_as_name, c.seq, c.at, c.actor,
  c.reason
FROM live_edge e
JOIN live_node a ON a.ord = e.src_ord
JOIN live_node b ON b.ord = e.dst_ord
JOIN changed c ON c.seq = e.from_seq
WHERE e.kind = 'SAME_AS';

-- Which entities are mentioned most: order it by cubes.
DROP VIEW IF EXISTS most_mentioned;
CREATE VIEW most_mentioned AS
SELECT namespace, entity, name, label, cubes, sources FROM live_entity WHERE cubes > 0;

-- Which cubes stand although no source of theirs does.
DROP VIEW IF EXISTS without_source;
CREATE VIEW without_source AS
SELECT namespace, cube, title, text FROM live_cube WHERE source_node IS NULL;

-- Which facts rest on one source alone, so that withdrawing it takes them along.
DROP VIEW IF EXISTS single_source;
CREATE VIEW single_source AS
SELECT f.namespace, f.fact, f.words, o.name AS source
FROM live_fact f
JOIN said o ON o.version = (SELECT v.id FROM version v
    WHERE v.node = (SELECT e.origin FROM live_edge e WHERE e.dst_ord = f.ord AND e.kind = 'SUPPORTS')
    ORDER BY v.to_seq DESC LIMIT 1)
  AND o.to_seq = (SELECT max(v.to_seq) FROM version v WHERE v.node = o.ord)
WHERE f.sources = 1;

-- Who may read a node: all who may read its namespace, unless it or its source is restricted.
DROP VIEW IF EXISTS readers;
CREATE VIEW readers AS
SELECT DISTINCT v.ns AS namespace, n.id AS node, a.name AS reader,
  json_extract(g.content, '$.role') AS role, v.acl <> 0 AS restricted
FROM version v
JOIN node n ON n.ord = v.node
JOIN node s ON s.ns = v.ns AND s.kind = 'Namespace'
JOIN edge g ON g.dst = s.ord AND g.kind = 'GRANTS' AND g.to_seq = 9007199254740991
JOIN live_node a ON a.ord = g.src
WHERE v.to_seq = 9007199254740991 AND (v.acl = 0 OR EXISTS (
  SELECT 1 FROM acl l JOIN json_each(l.readers) r WHERE l.id = v.acl AND r.value = a.node));

-- Which nodes carry which tags.
DROP VIEW IF EXISTS tagged;
CREATE VIEW tagged AS
SELECT e.namespace, t.name AS tag, n.kind, n.node, n.words
FROM live_edge e
JOIN live_node n ON n.ord = e.src_ord
JOIN live_node t ON t.ord = e.dst_ord
WHERE e.kind = 'TAGGED';

-- What people said of answers and cubes: whether they helped or misled.
DROP VIEW IF EXISTS judged;
CREATE VIEW judged AS
SELECT e.namespace, json_extract(e.content, '$.verdict') AS verdict, n.kind, n.node, n.words, c.at, c.actor,
  c.reason
FROM live_edge e
JOIN live_node n ON n.ord = e.dst_ord
JOIN node d ON d.ord = e.src_ord AND d.kind = 'Decision'
JOIN changed c ON c.seq = e.from_seq
WHERE e.kind = 'ABOUT';
