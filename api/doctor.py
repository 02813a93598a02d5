"""Doctor: what memcubes finds here, what is missing, and the command that mends it.

It looks and changes nothing: no store is made, no model is loaded.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graph.errors import MemcubesError, NotFound
from ..graph.kind import NodeKind
from ..graph.opening import is_server, sqlite_path
from .models import MODELS, Model

if TYPE_CHECKING:
    from ..graph.record import Version
    from .memory import Memory

OLDEST_SQLITE = (3, 40)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `state` is ok, note, missing or wrong, `mend` what would help.

    Only what is `missing` or `wrong` makes the doctor's exit code 1.
    """

    name: str
    state: str
    detail: str
    mend: str = ""

    @property
    def bad(self) -> bool:
        """Whether memcubes cannot work like this."""
        return self.state in ("missing", "wrong")

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "name": self.name,
            "state": self.state,
            "detail": self.detail,
            "mend": self.mend or None,
        }


def examine(memory: Memory) -> Iterator[Finding]:
    """Look at everything, in the order in which one thing needs the other."""
    yield _python()
    yield from _sqlite()
    yield Finding("user", "ok", memory.settings.user)
    encoder = memory.settings.encoder
    try:
        if is_server(memory.settings.db):
            findings = list(_server(memory.settings.db))
            yield from findings
            if any(one.bad for one in findings):
                # opening the store would only say the same again
                yield from _models(encoder)
                return
        else:
            yield from _place(memory)
        store = memory.store()
    except NotFound as error:
        yield Finding("store", "note", str(error))
    except MemcubesError as error:
        yield Finding("store", "missing", str(error))
    else:
        head = store.head()
        names = store.namespaces()
        yield Finding(
            "store", "ok", f"{head.seq} changes; namespaces: {', '.join(names) or 'none'}"
        )
        if memory.namespace in names:
            home = _home(memory)
            encoder = str(home.get("encoder", encoder)) if home else encoder
            yield from _namespace(memory, home)
        else:
            yield Finding("namespace", "note", f"'{memory.namespace}': the first write makes it")
    yield from _models(encoder)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Finding("sqlite", "missing", version, "use a Python with SQLite 3.40 or newer")
    else:
        yield Finding("sqlite", "ok", version)
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    if "ENABLE_FTS5" in options:
        yield Finding("full text", "ok", "FTS5")
    else:
        yield Finding(
            "full text", "note", "this SQLite has no FTS5; memcubes searches by its own index"
        )


def _server(url: str) -> Iterator[Finding]:
    """The server that `--db` names; raises `Invalid` where it names none."""
    from ..graph.neo4j.address import Address
    from ..graph.neo4j.diagnosis import diagnose

    for one in diagnose(Address.parse(url)):
        yield Finding(one.name, one.state, one.found, one.way_out)


def _place(memory: Memory) -> Iterator[Finding]:
    """Where the store is or would be; raises what opening it would."""
    path = sqlite_path(memory.settings.db)
    if path is None:
        yield Finding("place", "note", "in memory: nothing outlives the process")
        return
    if path.exists():
        memory.store()
        megabytes = sum(f.stat().st_size for f in _files(path)) / 1e6
        schema = _schema(path)
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        detail = (
            f"{path} ({megabytes:,.1f} MB, schema {schema}, {'' if writable else 'not '}writable)"
        )
        yield Finding("place", "ok" if writable else "note", detail)
        return
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK):
        yield Finding("place", "ok", str(path))
    else:
        yield Finding("place", "missing", f"{path} cannot be made", "name another place with --db")


def _files(path: Path) -> list[Path]:
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return [file for file in beside if file.is_file()]


def _schema(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:64], "big")


def _home(memory: Memory) -> Version | None:
    store = memory.store()
    node = store.name(memory.namespace, NodeKind.NAMESPACE, memory.namespace).id
    return next(iter(store.get(memory.scope(), [node])), None)


def _namespace(memory: Memory, home: Version | None) -> Iterator[Finding]:
    """The encoder that the namespace was made with, and how far its index is."""
    store, ns = memory.store(), memory.namespace
    said = {} if home is None or home.content is None else home.content
    encoder = str(said.get("encoder", "unknown"))
    yield Finding("namespace", "ok", f"'{ns}', made with the encoder {encoder}")
    wanted = memory.settings.encoder
    if "encoder" in memory.settings.model_fields_set and wanted != encoder:
        yield Finding(
            "encoder",
            "note",
            f"'{wanted}' is set for namespaces made from now on; '{ns}' is searched with '{encoder}'",
            f"memcubes models use {wanted} {memory.options}",
        )
    producers = [str(said[name]) for name in ("encoder_fingerprint", "analyser") if said.get(name)]
    last = next(iter(store.changes(memory.scope(), first=1, newest=True)), None)
    reached = min((store.watermark(ns, producer) for producer in producers), default=0)
    seq = last.seq if last else 0
    if reached >= seq:
        yield Finding("index", "ok", f"up to date (@{seq})")
    else:
        yield Finding(
            "index", "note", f"at @{reached} of @{seq}: the next search brings it up to date"
        )


def _models(encoder: str) -> Iterator[Finding]:
    for one in MODELS:
        name = f"model {one.name}"
        needed = one.core or one.name == encoder
        if one.installed:
            yield Finding(name, "ok", f"{one.purpose} ({one.version or 'unpackaged'})")
        else:
            lacking = _lacking(one)
            yield Finding(name, "missing" if needed else "note", lacking, one.mend)


def _lacking(one: Model) -> str:
    return f"{one.purpose}: not installed ({', '.join(one.missing)})"
