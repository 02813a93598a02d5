"""What somebody could change in the file of a store, and what verify must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memcubes.graph import Edge, Version


@dataclass
class Told:
    """A small store's file, and the records in it that tampering goes for."""

    path: Path
    cube: Version
    closed: Version
    shredded: Version
    edge: Edge
    secret: Version
    closing: int


def _digest(version: Version) -> str:
    assert version.payload is not None
    return version.payload.digest


SQL = Callable[[Told], tuple[str, tuple[object, ...]]]
LAST = "(SELECT max(seq) FROM change)"
COPY_EDGE = (
    "INSERT INTO edge SELECT 'added', from_seq, to_seq, ns, kind, dst, src, origin, "
    "authority, valid_from, valid_to, valid_known, content, salt, digest, acl, shredded "
    "FROM edge WHERE id = ?"
)
COPY_VERSION = (
    "INSERT INTO version SELECT 'added', from_seq, to_seq, ns, kind, node, node, authority, "
    "valid_from, valid_to, valid_known, content, payload, salt, digest, acl, shredded "
    "FROM version WHERE id = ? AND to_seq < 9007199254740991"
)
TAMPERED: dict[str, tuple[SQL, Callable[[Told], str]]] = {
    "content of a version": (
        lambda t: ("UPDATE version SET content = '{}' WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "content of a closed version": (
        lambda t: ("UPDATE version SET content = '{}' WHERE id = ?", (t.closed.id,)),
        lambda t: t.closed.id,
    ),
    "content of an edge": (
        lambda t: ("UPDATE edge SET content = '{}' WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "start of validity": (
        lambda t: ("UPDATE version SET valid_from = 11 WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "end of an edge's validity": (
        lambda t: ("UPDATE edge SET valid_to = 11 WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "whether validity is known": (
        lambda t: ("UPDATE version SET valid_known = 1 WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "content that is no JSON": (
        lambda t: ("UPDATE version SET content = 'x' WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "a kind that is none": (
        lambda t: ("UPDATE edge SET kind = 'x' WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "authority": (
        lambda t: ("UPDATE version SET authority = 3 WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "salt": (
        lambda t: ("UPDATE version SET salt = ? WHERE id = ?", (b"0" * 32, t.cube.id)),
        lambda t: t.cube.id,
    ),
    "salt taken away": (
        lambda t: ("UPDATE version SET salt = NULL WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "digest": (
        lambda t: ("UPDATE version SET digest = 'x' WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "kind of an edge": (
        lambda t: ("UPDATE edge SET kind = 'ABOUT' WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "direction of an edge": (
        lambda t: ("UPDATE edge SET src = dst, dst = src WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "origin of a version": (
        lambda t: ("UPDATE version SET origin = node WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "origin of a reopened interval alone": (
        lambda t: (
            "UPDATE version SET origin = node WHERE id = ? AND to_seq = 9007199254740991",
            (t.cube.id,),
        ),
        lambda t: t.cube.id,
    ),
    "node of a version": (
        lambda t: (
            "UPDATE version SET node = (SELECT ord FROM node WHERE id = 'c1') WHERE id = ?",
            (t.cube.id,),
        ),
        lambda t: t.cube.id,
    ),
    "namespace of a version": (
        lambda t: ("UPDATE version SET ns = 'b' WHERE id = ?", (t.cube.id,)),
        lambda t: t.cube.id,
    ),
    "text of a payload": (
        lambda t: (
            "UPDATE payload SET content = 'forged' WHERE digest = ?",
            (_digest(t.cube),),
        ),
        lambda t: _digest(t.cube)[:16],
    ),
    "form of a payload": (
        lambda t: ("UPDATE payload SET form = 'activation' WHERE digest = ?", (_digest(t.cube),)),
        lambda t: _digest(t.cube)[:16],
    ),
    "payload emptied": (
        lambda t: (
            "UPDATE payload SET content = NULL, salt = NULL WHERE digest = ?",
            (_digest(t.cube),),
        ),
        lambda t: _digest(t.cube)[:16],
    ),
    "payload taken away": (
        lambda t: ("DELETE FROM payload WHERE digest = ?", (_digest(t.cube),)),
        lambda t: t.cube.id,
    ),
    "payload of another": (
        lambda t: (
            "UPDATE version SET payload = ? WHERE id = ?",
            (_digest(t.closed), t.cube.id),
        ),
        lambda t: t.cube.id,
    ),
    "removed version": (
        lambda t: ("DELETE FROM version WHERE id = ?", (t.closed.id,)),
        lambda t: t.closed.id,
    ),
    "removed interval": (
        lambda t: (
            "DELETE FROM version WHERE id = ? AND to_seq < 9007199254740991",
            (t.cube.id,),
        ),
        lambda t: t.cube.id,
    ),
    "removed edge": (
        lambda t: ("DELETE FROM edge WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "added version": (
        lambda t: (COPY_VERSION, (t.closed.id,)),
        lambda t: "added",
    ),
    "added edge": (
        lambda t: (
            COPY_EDGE,
            (t.edge.id,),
        ),
        lambda t: "added",
    ),
    "closed behind the log's back": (
        lambda t: (
            f"UPDATE version SET to_seq = {LAST} WHERE id = ? AND to_seq = 9007199254740991",
            (t.secret.id,),
        ),
        lambda t: t.secret.id,
    ),
    "closed in the future": (
        lambda t: ("UPDATE edge SET to_seq = 900 WHERE id = ?", (t.edge.id,)),
        lambda t: t.edge.id,
    ),
    "opened again behind the log's back": (
        lambda t: ("UPDATE version SET to_seq = 9007199254740991 WHERE id = ?", (t.closed.id,)),
        lambda t: f"@{t.closing}",
    ),
    "begun later": (
        lambda t: (
            "UPDATE version SET from_seq = from_seq + 1 WHERE id = ?",
            (t.secret.id,),
        ),
        lambda t: t.secret.id,
    ),
    "shredded behind the log's back": (
        lambda t: (
            f"UPDATE version SET content = NULL, salt = NULL, shredded = {LAST} WHERE id = ?",
            (t.secret.id,),
        ),
        lambda t: t.secret.id,
    ),
    "shredded content put back": (
        lambda t: (
            "UPDATE version SET content = '{}', salt = ?, shredded = 0 WHERE id = ?",
            (b"0" * 32, t.shredded.id),
        ),
        lambda t: t.shredded.id,
    ),
    "shredded content put back, and said to be shredded": (
        lambda t: (
            """UPDATE version SET content = '{"title":"forged"}' WHERE id = ?""",
            (t.shredded.id,),
        ),
        lambda t: t.shredded.id,
    ),
    "shredded payload put back": (
        lambda t: (
            "UPDATE payload SET content = 'text 2' WHERE digest = ?",
            (_digest(t.shredded),),
        ),
        lambda t: _digest(t.shredded)[:16],
    ),
    "a leaf's verb": (
        lambda t: (
            """UPDATE change SET leaf = CAST(replace(CAST(leaf AS TEXT), '"verb":"test"', '"verb":"tost"')
               AS BLOB) WHERE seq = ?""",
            (t.closing,),
        ),
        lambda t: f"@{t.closing}",
    ),
    "a leaf that is none": (
        lambda t: ("UPDATE change SET leaf = X'00' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing}",
    ),
    "a leaf that is another object": (
        lambda t: (
            """UPDATE change SET leaf = CAST('{"v":1}' AS BLOB) WHERE seq = ?""",
            (t.closing,),
        ),
        lambda t: f"@{t.closing}",
    ),
    "a removed change": (
        lambda t: ("DELETE FROM change WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing}",
    ),
    "the last change removed": (
        lambda t: (f"DELETE FROM change WHERE seq = {LAST}", ()),
        lambda t: "head",
    ),
    "an actor": (
        lambda t: ("UPDATE change SET actor = 'mallory' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing} differs in actor",
    ),
    "on whose behalf": (
        lambda t: ("UPDATE change SET behalf = 'mallory' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing} differs in behalf",
    ),
    "a verb": (
        lambda t: ("UPDATE change SET verb = 'found' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing} differs in verb",
    ),
    "an instant": (
        lambda t: ("UPDATE change SET at = at + 1 WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing} differs in at",
    ),
    "a reason": (
        lambda t: ("UPDATE change SET note = '{}' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing}",
    ),
    "a reason taken away with its salt": (
        lambda t: (
            "UPDATE change SET note = '{}', note_salt = NULL WHERE seq = ?",
            (t.closing,),
        ),
        lambda t: f"@{t.closing}",
    ),
    "a request": (
        lambda t: ("UPDATE change SET request_hash = 'x' WHERE seq = ?", (t.closing,)),
        lambda t: f"@{t.closing}",
    ),
    "a node's key": (
        lambda t: ("UPDATE node SET key = 'x' WHERE kind = 'Source'", ()),
        lambda t: "Source",
    ),
    "a node's id": (
        lambda t: ("UPDATE node SET id = 'x' WHERE id = 'c0'", ()),
        lambda t: t.cube.id,
    ),
    "a node's kind": (
        lambda t: ("UPDATE node SET kind = 'Fact' WHERE id = 'c0'", ()),
        lambda t: t.cube.id,
    ),
    "a node's namespace": (
        lambda t: ("UPDATE node SET ns = 'b' WHERE id = 'c0'", ()),
        lambda t: t.cube.id,
    ),
    "a removed node": (
        lambda t: ("DELETE FROM node WHERE id = 'c0'", ()),
        lambda t: t.cube.id,
    ),
    "an orphan node": (
        lambda t: ("INSERT INTO node (id, ns, kind) VALUES ('orphan', 'a', 'Entity')", ()),
        lambda t: "orphan",
    ),
    "an orphan payload": (
        lambda t: ("INSERT INTO payload VALUES ('orphan', 'plaintext', 'x', X'00')", ()),
        lambda t: "orphan",
    ),
    "an orphan posting": (
        lambda t: ("INSERT INTO derived VALUES ('orphan', 'bm25', 'a', X'00')", ()),
        lambda t: "orphan of bm25",
    ),
    "an orphan vector": (
        lambda t: ("INSERT INTO derived VALUES ('orphan', 'vector', 'a', X'00')", ()),
        lambda t: "orphan of vector",
    ),
    "a vector of what was shredded": (
        lambda t: ("INSERT INTO derived VALUES (?, 'vector', 'a', X'00')", (t.shredded.id,)),
        lambda t: t.shredded.id,
    ),
    "the head's sequence": (
        lambda t: ("UPDATE head SET seq = seq - 1, roots = ?", (b"0" * 64,)),
        lambda t: "head",
    ),
    "the head's roots": (
        lambda t: ("UPDATE head SET roots = zeroblob(length(roots))", ()),
        lambda t: "root",
    ),
    "the head's roots cut": (
        lambda t: ("UPDATE head SET roots = X'00'", ()),
        lambda t: "root",
    ),
    "the head's instant": (
        lambda t: ("UPDATE head SET at = at + 1", ()),
        lambda t: "head",
    ),
    "readers of a node": (
        lambda t: ("UPDATE node SET acl = 0 WHERE id = 'c3'", ()),
        lambda t: "c3",
    ),
    "readers of a version": (
        lambda t: ("UPDATE version SET acl = 0 WHERE id = ?", (t.secret.id,)),
        lambda t: t.secret.id,
    ),
    "who is in a reader set": (
        lambda t: ("""UPDATE acl SET readers = '["mallory"]' WHERE id > 0""", ()),
        lambda t: "c3",
    ),
}
