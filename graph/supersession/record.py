"""What is kept of one cube version: the statement in it, its block keys, and its links to earlier ones.

Derived data, like terms and vectors: outside the log, erased with its record, rebuildable from it. A row holds
links only to records that came before its own, so that each link is kept once and a rebuild gives the same.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..canonical import sentences_of
from ..errors import Corrupt
from ..record import Version
from ..record_text import KEY, KIND
from .clause import units
from .link import Link, Statement, Verdict

Keys = npt.NDArray[np.uint64]

_LETTERS = re.compile(r"[^\W\d_]+")

MOST_SENTENCES = 40
"""Sentences of a passage that are compared."""
LANGUAGES = ("en", "zh", "und")
"""Languages that are compared; what is too short to tell is taken by its script."""


@dataclass(frozen=True, slots=True)
class Row:
    """The derived row of one version; `statement` is None where it takes part in no link."""

    statement: Statement | None
    keys: Keys
    links: tuple[Link, ...] = ()


NOTHING = Row(None, np.empty(0, np.uint64))


def statement_of(version: Version) -> Statement | None:
    """What a version says, or None: it has no time of its own, no text, or no language that is compared."""
    stated = version.get("stated")
    text = version.text
    if stated is None or not text or version.get("language") not in LANGUAGES:
        return None
    spans = list(units(text, sentences_of(version)[:MOST_SENTENCES]))
    said = tuple((s, e, text[s:e]) for s, e in spans if text[s:e].strip())
    if not said:
        return None
    speaker = version.get("speaker")
    who = None if speaker is None else str(speaker)
    about = _record(version)
    return Statement(
        version.id, version.node, int(version.authority), int(stated), who, said, about
    )


def _record(version: Version) -> str | None:
    """Which record a version is, by its table and its key; what has no key is like no other. None for what is none."""
    if version.get(KIND) is None:
        return None
    key = version.get(KEY)
    # the same table of another year goes by another number
    table = "".join(_LETTERS.findall(str(version.get(KIND)))).casefold()
    return f"{table}\n{key}" if key is not None else f"\n{version.node}"


def pack_row(row: Row) -> bytes:
    """Write a row: the length of its compressed JSON, that, and the keys.

    >>> unpack_row(pack_row(NOTHING)).links
    ()
    """
    s = row.statement
    held = {
        "statement": s
        and [
            *(s.record, s.node, s.authority, s.stated, s.speaker),
            [list(one) for one in s.said],
            s.about,
        ],
        "links": [
            [one.new, one.old, int(one.verdict), one.chance, *one.new_span, *one.old_span]
            for one in row.links
        ],
    }
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    data = zlib.compress(text.encode("utf-8", "surrogatepass"), 6)
    return len(data).to_bytes(4, "little") + data + row.keys.astype("<u8").tobytes()


def unpack_row(data: bytes) -> Row:
    """Read what `pack_row` wrote; raises `Corrupt` where the bytes are something else."""
    try:
        size = int.from_bytes(data[:4], "little")
        text = zlib.decompress(data[4 : 4 + size]).decode("utf-8", "surrogatepass")
        held = json.loads(text)
        keys = np.frombuffer(data, dtype="<u8", offset=4 + size).astype(np.uint64)
        given = held["statement"]
        statement = None
        if given is not None:
            record, node, authority, stated, speaker, said, about = given
            sentences = tuple((int(a), int(b), str(t)) for a, b, t in said)
            statement = Statement(record, node, authority, stated, speaker, sentences, about)
        links = tuple(
            Link(new, old, Verdict(verdict), chance, (a, b), (c, d))
            for new, old, verdict, chance, a, b, c, d in held["links"]
        )
        return Row(statement, keys, links)
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"a derived row of supersession cannot be read: {error}") from None


def linked(row: Row, links: Sequence[Link]) -> Row:
    """The same row with its links."""
    return Row(row.statement, row.keys, tuple(links))
