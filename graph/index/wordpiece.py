"""The WordPiece tokenizer of uncased BERT (arXiv 1810.04805), without a package."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

_LONGEST = 100  # longer words become [UNK], as in the reference
_CACHED = 100_000

_IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class _Cleaned(dict[int, str]):
    """Character → itself, a space, itself between spaces, or nothing."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in "\t\n\r":
            replaced = " "
        elif code == 0xFFFD or unicodedata.category(character) in {"Cc", "Cf", "Co"}:
            replaced = ""
        elif character.isspace():
            replaced = " "
        elif any(low <= code <= high for low, high in _IDEOGRAPHS):
            replaced = f" {character} "
        else:
            replaced = character
        self[code] = replaced
        return replaced


class _Split(dict[int, str]):
    """Character → nothing for an accent, itself between spaces for punctuation."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        ascii_sign = code < 128 and character.isprintable() and not character.isalnum()
        if category == "Mn":
            replaced = ""
        elif category[0] == "P" or (ascii_sign and character != " "):
            replaced = f" {character} "
        else:
            replaced = character
        self[code] = replaced
        return replaced


class WordPiece:
    """Splits a text into ids of an uncased BERT vocabulary.

    Special tokens written in a text ("[SEP]") are read as plain letters, so a
    text can never end its own sequence; apart from them the ids are those of
    the `tokenizers` package.

    >>> vocabulary = ["[UNK]", "[CLS]", "[SEP]", "play", "##ing", "!"]
    >>> tokenizer = WordPiece({piece: i for i, piece in enumerate(vocabulary)}, 8)
    >>> tokenizer.ids("Playing!")
    [1, 3, 4, 5, 2]
    """

    def __init__(self, vocabulary: Mapping[str, int], limit: int) -> None:
        self._vocabulary = vocabulary
        self._limit = limit
        self._unknown = (vocabulary["[UNK]"],)
        self._first = vocabulary["[CLS]"]
        self._last = vocabulary["[SEP]"]
        self._cleaned = _Cleaned()
        self._split = _Split()
        self._pieces: dict[str, tuple[int, ...]] = {}

    @classmethod
    def from_file(cls, path: Path, limit: int) -> WordPiece:
        """Read a `vocab.txt`: one piece a line, its id is the line number."""
        lines = path.read_text("utf-8").split("\n")
        return cls({piece: i for i, piece in enumerate(lines) if piece}, limit)

    def ids(self, text: str) -> list[int]:
        """The ids of a text between [CLS] and [SEP], at most `limit` in all."""
        # Lower case letter by letter: the reference knows no final sigma.
        spread = unicodedata.normalize("NFD", text.translate(self._cleaned))
        spread = spread.replace("Σ", "σ").translate(self._split).lower()
        room = self._limit - 2
        ids: list[int] = []
        for word in spread.split():
            ids.extend(self._word(word))
            if len(ids) >= room:
                break
        return [self._first, *ids[:room], self._last]

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._pieces.get(word)
        if known is None:
            if len(self._pieces) >= _CACHED:
                self._pieces.clear()
            known = self._pieces[word] = self._longest_first(word)
        return known

    def _longest_first(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST:
            return self._unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self._vocabulary.get(mark + word[start:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return self._unknown
        return tuple(found)
