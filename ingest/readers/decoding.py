"""Bytes to text, exactly or not at all."""

from __future__ import annotations

import codecs
import re

from ..document import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


def decode(data: bytes, file: str, *, html: bool = False) -> str:
    r"""Decode a file: UTF-8, or UTF-16 where a byte-order mark says so.

    The mark is dropped, every other character is kept, line ends too. A web page may
    name another charset in its head. Raises ReadError naming `file`, the offset of the
    first bad byte in the file, and the way out; nothing is ever replaced.

    >>> decode(b"\xef\xbb\xbfA\r\n", "a.txt")
    'A\r\n'
    """
    encoding, mark = "utf-8", 0
    for bom, name in _BOMS:
        if data.startswith(bom):
            encoding, mark = name, len(bom)
            break
    else:
        declared = _CHARSET.search(data[:4096]) if html else None
        if declared is not None:
            encoding = declared[1].decode("ascii", "replace")
    try:
        return data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{file}: byte {mark + error.start} is not {encoding.upper()} "
            f"({error.reason}); save the file as UTF-8 and read it again."
        ) from error
    except LookupError as error:
        raise ReadError(
            f"{file}: declares the charset {encoding!a}, which is not known; save the "
            "file as UTF-8 and read it again."
        ) from error
    except ValueError as error:
        raise ReadError(
            f"{file}: cannot be decoded as {encoding!a} ({error}); save the file as "
            "UTF-8 and read it again."
        ) from error
