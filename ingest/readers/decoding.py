"""Bytes to text, exactly or not at all."""

from __future__ import annotations

import codecs
import re

from ..document import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")
_ODD = re.compile(r"[^\w\s!-~ -¿×÷‐-›€™‚-‰Œœ]")
_MARK = re.compile(r"[\u2000-\u206f\u3000-\u303f\uff00-\uffef·—–]")
_FEWEST = 8
"""How many bytes beyond ASCII it takes to tell one Chinese encoding from another."""
# The first level of each Chinese standard holds what is written daily: its lead bytes.
_GB_DAILY, _BIG5_DAILY = range(0xB0, 0xD8), range(0xA4, 0xC7)


def decode(data: bytes, file: str, *, html: bool = False) -> str:
    r"""Decode a file, and forget in which encoding it was: `decoded` tells.

    >>> decode(b"\xef\xbb\xbfA\r\n", "a.txt")
    'A\r\n'
    """
    return decoded(data, file, html=html)[0]


def decoded(data: bytes, file: str, *, html: bool = False) -> tuple[str, str]:
    r"""Decode a file and name the encoding: as it declares, else UTF-8, else what it can only be.

    A byte-order mark (UTF-8, UTF-16, UTF-32) is dropped, every other character is kept, line ends too. A
    web page may name another charset in its head. What is not UTF-8 is read as UTF-16, GB18030, Big5,
    Windows-1252 or, by charset-normalizer, another old encoding, where the bytes leave no doubt. Raises
    ReadError naming `file`, the offset of the first bad byte in the file, and the way out; nothing is ever
    replaced.

    >>> decoded("阀门漏水。".encode("gb18030"), "a.txt")
    ('阀门漏水。', 'gb18030')
    """
    encoding, mark, told = "utf-8", 0, False
    for bom, name in _BOMS:
        if data.startswith(bom):
            encoding, mark, told = name, len(bom), True
            break
    else:
        declared = _CHARSET.search(data[:4096]) if html else None
        if declared is not None:
            encoding, told = declared[1].decode("ascii", "replace"), True
    try:
        return _strict(data[mark:], encoding, file), encoding
    except UnicodeDecodeError as error:
        guess = None if told else guessed(data)
        if guess is not None:
            return data.decode(guess), guess
        raise ReadError(
            f"{file}: byte {mark + error.start} is not {encoding.upper()} "
            f"({error.reason}); save the file as UTF-8 and read it again."
        ) from error


def _strict(data: bytes, encoding: str, file: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise
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
    if encoding == "utf-8" and (wide := _wide(data)) is not None:
        return data.decode(wide)  # plain ASCII in UTF-16 is valid UTF-8, full of NUL
    return text


def guessed(data: bytes) -> str | None:
    """Give the one encoding, other than UTF-8, in which these bytes are a text; None where in doubt.

    >>> guessed("Der Kühlraum war zu warm.".encode("cp1252"))
    'cp1252'
    """
    if (wide := _wide(data)) is not None:
        return wide
    if b"\0" in data:
        return None
    high = len(_HIGH.findall(data))
    if (western := _western(data, high)) is not None:
        return western
    chinese = {
        name: _daily(data, name, daily)
        for name, daily in (("gb18030", _GB_DAILY), ("big5", _BIG5_DAILY))
        if _text_in(data, name)
    }
    if high < _FEWEST or not chinese:
        return _other(data) if high >= 2 * _FEWEST else None
    if len(chinese) == 1:
        (name,) = chinese
        return name if chinese[name] > 0.4 else _other(data)
    best, worst = sorted(chinese, key=lambda name: chinese[name], reverse=True)
    clear = chinese[best] > 0.6 and chinese[best] - chinese[worst] > 0.2
    return best if clear else None


def _text_in(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: of the two orders of bytes the one in which there is a text to be read."""
    if len(data) < 4 or len(data) % 2 or b"\0" not in data:
        return None
    shares = {
        name: _readable(data.decode(name))
        for name in ("utf-16-le", "utf-16-be")
        if _text_in(data, name)
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] > 0.75 else None


def _readable(text: str) -> float:
    """The share of characters that are ASCII, Western European, or Chinese of daily use."""
    text = text[:20_000]
    plain = sum(char < "\u0250" or _MARK.match(char) is not None for char in text)
    shares = []
    for name, daily in (("gb18030", _GB_DAILY), ("big5", _BIG5_DAILY)):
        han = [char.encode(name, "ignore") for char in text if "\u3400" <= char <= "\u9fff"]
        shares.append(sum(len(raw) == 2 and raw[0] in daily for raw in han))
    return (plain + max(shares)) / len(text) if text else 0.0


def _western(data: bytes, high: int) -> str | None:
    """Windows-1252, where the letters beyond ASCII are few and stand among the others."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = sum(char.isascii() and char.isalpha() for char in text[:100_000])
    few = high * 3 <= letters or (high == 1 and letters >= 2)
    if not few or _CONTROL.search(text) or _ODD.search(text):
        return None
    # two letters beyond ASCII in a row are rare in a word, and all there is in Chinese or Russian
    pairs = re.findall(r"[À-ÖØ-öø-ÿ]{2}", text)
    return "cp1252" if len(pairs) * 4 <= high else None


def _daily(data: bytes, encoding: str, daily: range) -> float:
    """The share of what is neither ASCII nor punctuation that is Chinese characters of daily use."""
    beyond = [c for c in data.decode(encoding)[:20_000] if c > "\x7f" and not _MARK.match(c)]
    han = [char for char in beyond if "\u3400" <= char <= "\u9fff"]
    leads = [raw[0] for char in han if len(raw := char.encode(encoding)) == 2]
    return sum(lead in daily for lead in leads) / len(beyond) if beyond else 0.0


def _other(data: bytes) -> str | None:
    """What charset-normalizer finds of the old encodings of other scripts, if it is sure."""
    from charset_normalizer import from_bytes

    scripts = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "koi8_u"]
    found = from_bytes(
        data, cp_isolation=[*scripts, "shift_jis", "euc_jp", "euc_kr", "iso8859_15"]
    ).best()
    if found is None or found.chaos > 0.05 or found.coherence < 0.3:
        return None
    return found.encoding if _text_in(data, found.encoding) else None
