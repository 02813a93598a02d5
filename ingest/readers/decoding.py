"""Bytes to text, exactly or not at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

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
    if not told and (shifted := _wide(data) or escaped(data)) is not None:
        return data.decode(shifted), shifted  # which is valid UTF-8 too, full of NUL or of escapes
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
    if high < _FEWEST:
        return None
    shares = {
        name: share
        for name, (script, least) in _SCRIPTS.items()
        if _text_in(data, name) and (share := script(data.decode(name)[:20_000])) > least
    }
    chinese = {str(name): shares.pop(name) for name in ("gb18030", "big5") if name in shares}
    if shares:
        return _korean_or_japanese(data, shares, chinese)
    if not chinese:
        return _other(data) if high >= 2 * _FEWEST else None
    best, *others = sorted(chinese, key=lambda name: chinese[name], reverse=True)
    if not others:
        rare = chinese[best] <= 0.6 and _text_in(data, "cp949")
        return None if rare and _korean(data.decode("cp949")[:20_000]) > 0.5 else best
    return best if chinese[best] > 0.6 and chinese[best] - chinese[others[0]] > 0.2 else None


def escaped(data: bytes) -> str | None:
    """Give the encoding of ASCII that switches to other characters by escapes (ISO 2022, HZ); None if none.

    >>> escaped("阀门漏水。".encode("hz")), escaped(b"plain")
    ('hz', None)
    """
    if not data.isascii() or not (b"\x1b$" in data or b"~{" in data):
        return None
    for name in ("iso2022_jp_2", "iso2022_kr", "hz"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        beyond = [char for char in text if char > "\x7f"]
        if beyond and "\x1b" not in text and (name != "hz" or _han_daily(text)):
            return name
    return None


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
    found = [char for char in text if "\u3400" <= char <= "\u9fff"]
    daily = max(_SCRIPTS[name][0]("".join(found)) for name in ("gb18030", "big5"))
    return (plain + daily * len(found)) / len(text) if text else 0.0


def _han_daily(text: str) -> bool:
    han = "".join(_beyond(text[:20_000]))
    return max(_SCRIPTS[name][0](han) for name in ("gb18030", "big5")) > 0.6


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


def _beyond(text: str) -> list[str]:
    """What is neither ASCII nor punctuation."""
    return [char for char in text if char > "\x7f" and not _MARK.match(char)]


def _chinese(encoding: str, daily: range) -> Callable[[str], float]:
    def share(text: str) -> float:
        """The share of Chinese characters of daily use."""
        beyond = _beyond(text)
        han = [char.encode(encoding, "ignore") for char in beyond if "\u3400" <= char <= "\u9fff"]
        found = sum(len(raw) == 2 and raw[0] in daily for raw in han)
        return found / len(beyond) if beyond else 0.0

    return share


def _korean(text: str) -> float:
    """The share of Hangul."""
    beyond = _beyond(text)
    found = sum("\uac00" <= char <= "\ud7a3" for char in beyond)
    return found / len(beyond) if beyond else 0.0


def _japanese(text: str) -> float:
    """The share of kana and kanji, where a fifth at least are kana."""
    beyond = _beyond(text)
    kana = sum("\u3041" <= char <= "\u30fe" for char in beyond)
    kanji = sum("\u4e00" <= char <= "\u9fff" for char in beyond)
    return (kana + kanji) / len(beyond) if beyond and kana * 5 >= len(beyond) else 0.0


_SCRIPTS: dict[str, tuple[Callable[[str], float], float]] = {
    "gb18030": (_chinese("gb18030", _GB_DAILY), 0.4),
    "big5": (_chinese("big5", _BIG5_DAILY), 0.4),
    "euc_kr": (_korean, 0.95),
    "shift_jis": (_japanese, 0.95),
    "euc_jp": (_japanese, 0.95),
}
"""For an encoding the share of characters that speaks for it, and how large it must be."""

_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由"
    "其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意"
    "建月公无系很情者最立代想已通并提直题程展五果料象员位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知"
    "较将组见计别她手角期根论运农指几区强放决西被干做必先回则任取据处给色光门即保治北造百规热领海口东导器世金增"
)


def _korean_or_japanese(
    data: bytes, found: Mapping[str, float], chinese: Mapping[str, float]
) -> str | None:
    """One of these, or Chinese after all: the daily characters of one lie where those of another do."""
    (name, share), *more = found.items()
    if more or len(_beyond(data.decode(name)[:20_000])) < 12:
        return None
    if all(share - other > 0.1 for other in chinese.values()):
        return name
    if name != "euc_kr" or list(chinese) != ["gb18030"]:
        return None
    told = _beyond(data.decode("gb18030")[:20_000])
    frequent = sum(char in _FREQUENT for char in told) / len(told)
    return "euc_kr" if frequent < 0.2 else "gb18030" if frequent > 0.35 else None


def _other(data: bytes) -> str | None:
    """What charset-normalizer finds of the old encodings of other scripts, if it is sure."""
    from charset_normalizer import from_bytes

    scripts = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "koi8_u"]
    found = from_bytes(data, cp_isolation=[*scripts, "iso8859_15"]).best()
    if found is None or found.chaos > 0.05 or found.coherence < 0.3:
        return None
    return found.encoding if _text_in(data, found.encoding) else None
