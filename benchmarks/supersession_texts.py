"""How many links are found where there should be next to none: `python -m benchmarks.supersession_texts CORPUS ...`.

The sentences of an encyclopaedia's passages are taken as statements in order. They contradict each other hardly ever,
so that a link is nearly always a false one. Pairs that meet in a block are compared, within and across passages,
as the linker would; each link is printed with its probability.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.link import chance_of
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
    held: dict[int, list[str]] = defaultdict(list)
    counts = {"sentences": 0, "pairs": 0, "automatic": 0, "review": 0}
    for text in dict.fromkeys(sentences(said.corpora, said.passages)):
        mine = keys([text])
        met = {old for key in mine for old in held[key]}
        counts["sentences"] += 1
        counts["pairs"] += len(met)
        for old in sorted(met):
            chance = chance_of(old, text)
            if chance >= REVIEW:
                counts["automatic" if chance >= AUTOMATIC else "review"] += 1
                print(f"{chance:.3f}\n  {old}\n  {text}")
        for key in mine:
            held[key].append(text)
    print("  ".join(f"{name} {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
