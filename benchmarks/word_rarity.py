"""How rare English words are: `python -m benchmarks.word_rarity CORPUS... > graph/supersession/rarity.txt`.

Each CORPUS is a list of {title, text} (musique_train100 and hotpot100 made the table that is kept: MuSiQue is
CC BY 4.0, HotpotQA CC BY-SA 4.0; only counts of single words are taken). Lower-case words only, by their
Snowball stem; rarity = 1 - ln(passages with it) / ln(passages), in steps of .05; a word of fewer than three
passages is left out and counts as rare.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

from memcubes.graph.supersession.lexicon import stem

LEAST = 3
_WORD = re.compile(r"(?<![^\W_])(?<!['’-])[a-z]{2,}(?:[-'][a-z]+)*(?![\w])")


def main() -> None:
    """Count and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("corpus", nargs="+", type=Path)
    passages = 0
    held: Counter[str] = Counter()
    for path in options.parse_args().corpus:
        for passage in json.loads(path.read_text("utf-8")):
            passages += 1
            held.update({stem(word) for word in _WORD.findall(passage["text"])})
    levels: dict[int, list[str]] = defaultdict(list)
    for word, count in held.items():
        if count >= LEAST:
            levels[round(20 * (1 - math.log(count) / math.log(passages)))].append(word)
    for level, words in sorted(levels.items()):
        print(f"{level / 20:.2f} {' '.join(sorted(words))}")


if __name__ == "__main__":
    main()
