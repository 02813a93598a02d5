"""What is derived from one cube, as bytes: the terms it holds and its vectors.

A vector is kept as whole numbers: the unit row times `SCALE`, rounded. The dot product of two such rows
stays below 2^24 at every step (Cauchy–Schwarz), so that float32 arithmetic on it is exact: whatever
library, number of threads or order of rows computes it, the score has the same bits.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import Corrupt
from ..record import Version

SCALE = 4000
"""Length of a kept vector: 4000² leaves room below 2^24 for the rounding of 2,000 columns."""

Whole = npt.NDArray[np.int16]
Span = tuple[int, int]


def whole(rows: npt.NDArray[Any]) -> Whole:
    """Round unit rows to whole numbers; shape is kept.

    >>> whole(np.array([[0.6, -0.8]])).tolist()
    [[2400, -3200]]
    """
    return np.rint(np.asarray(rows, dtype=np.float64) * SCALE).astype(np.int16)


def pack_counts(counts: Mapping[str, int]) -> bytes:
    """Write term counts as compressed JSON, in order of the terms.

    >>> unpack_counts(pack_counts({"tea": 2, "cup": 1}))
    {'cup': 1, 'tea': 2}
    """
    text = json.dumps(dict(sorted(counts.items())), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack_counts(data: bytes) -> dict[str, int]:
    """Read what `pack_counts` wrote; raises `Corrupt` where the bytes are something else."""
    try:
        return dict(json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass")))
    except (zlib.error, ValueError) as error:
        raise Corrupt(f"derived term counts cannot be read: {error}") from None


def pack_vectors(rows: Whole) -> bytes:
    """Write vectors: the number of columns, then the rows, little endian.

    >>> unpack_vectors(pack_vectors(whole(np.eye(2)))).tolist()
    [[4000, 0], [0, 4000]]
    """
    return len(rows[0]).to_bytes(4, "little") + rows.astype("<i2").tobytes()


def unpack_vectors(data: bytes) -> Whole:
    """Read what `pack_vectors` wrote; raises `Corrupt` where the bytes are something else."""
    columns = int.from_bytes(data[:4], "little")
    if columns < 1 or len(data) <= 4 or (len(data) - 4) % (2 * columns):
        raise Corrupt("derived vectors cannot be read: their length does not fit")
    return np.frombuffer(data, dtype="<i2", offset=4).reshape(-1, columns).astype(np.int16)


def titled(version: Version, text: str | None = None) -> str:
    """The words of a cube with its title in front: what is indexed and what is encoded.

    What is only a number, or the name of a dialogue's file, is no title.
    """
    title = str(version.get("title") or "").strip()
    body = version.text if text is None else text
    bare = not title or title.isdigit() or version.get("untitled")
    return body if bare else f"{title}. {body}"


def sentences(version: Version) -> list[Span]:
    """The spans that get a vector of their own; the whole text where the header names none."""
    length = len(version.text)
    spans = [(int(start), int(end)) for start, end, *_ in version.get("sentences") or ()]
    return [(s, e) for s, e in spans if 0 <= s < e <= length] or [(0, length)]


def derivable(version: Version) -> bool:
    """Whether a version has words to derive anything from: plain text that was not erased."""
    payload = version.payload
    return (
        payload is not None
        and payload.form == "plaintext"
        and payload.content is not None
        and version.content is not None
    )


def texts_to_encode(version: Version) -> Sequence[str]:
    """The passage and then its sentences; a single sentence that is the whole is not said twice."""
    spans = sentences(version)
    if len(spans) == 1:
        return (titled(version),)
    return (titled(version), *(version.text[start:end] for start, end in spans))
