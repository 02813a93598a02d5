"""How many links are found where there should be next to none: `python -m benchmarks.supersession_texts CORPUS ...`.

The sentences of an encyclopaedia's passages are taken as statements in order. They contradict each other hardly ever,
so that a link is nearly always a false one. Pairs that meet in a block are compared, within and across passages,
as the linker would, and each link stands beside the others of its sentence as a view has it; it is printed with its probability.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from memcubes.graph.index.bond import Bond
from memcubes.graph.index.rivalry import contended
from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.link import DIGITS, Verdict, chance_of
from memcubes.graph.supersession.scorer import AUTOMATIC, REVIEW
from memcubes.ingest.neutral import split_sentences


def sentences(paths: Sequence[Path], most: int) -> Iterator[str]:
    """The sentences of up to `most` passages of each corpus."""
    for path in paths:
        passages = json.loads(path.read_text("utf-8"))
        for passage in Random(0).sample(passages, min(most, len(passages))):
            text = " ".join(passage["text"].split())
            yield from (text[start:end] for start, end in split_sentences(text))


def main() -> None:
    """Compare, print the links and how many there are."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("corpora", type=Path, nargs="+")
    options.add_argument("--passages", type=int, default=150)
    said = options.parse_args()
    held: dict[int, list[int]] = defaultdict(list)
    texts = list(dict.fromkeys(sentences(said.corpora, said.passages)))
    mine = [frozenset(keys([text])) for text in texts]
    bonds: list[Bond] = []
    pairs = 0
    for new, text in enumerate(texts):
        met = {old for key in mine[new] for old in held[key]}
        pairs += len(met)
        for old in sorted(met):
            chance = round(chance_of(texts[old], text), DIGITS)
            if chance >= REVIEW:
                ends = (0, len(text)), (0, len(texts[old]))
                bonds.append(Bond(new, old, Verdict.SUPERSEDES, chance, *ends))
        for key in mine[new]:
            held[key].append(new)
    found = contended(bonds, lambda place: mine[place])
    for bond in found:
        print(f"{bond.chance:.3f}\n  {texts[bond.old]}\n  {texts[bond.new]}")
    automatic = sum(bond.chance >= AUTOMATIC for bond in found)
    print(
        f"sentences {len(texts)}  pairs {pairs}  automatic {automatic}  review {len(found) - automatic}"
    )


if __name__ == "__main__":
    main()
