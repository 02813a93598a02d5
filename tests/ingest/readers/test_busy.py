"""Small files that were made to keep a reader busy are read, or refused, as fast as others."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from memcubes.api.matching import plan_of
from memcubes.graph.errors import Invalid
from memcubes.graph.record_text import gathered
from memcubes.ingest.extraction import normalise
from memcubes.ingest.neutral import NeutralExtractor, split_sentences
from memcubes.ingest.passage import split_passages
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.unfolding import Unfolds, read_yaml

LETTERS = "abcdefghijklmnop"
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise(LETTERS)
)
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}\n" for old, new in pairwise(LETTERS)
)


def seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def read(path: Path, text: str) -> None:
    path.write_text(text)
    for document in read_documents(path):
        NeutralExtractor().extract(split_passages(document, NeutralExtractor()))


@pytest.mark.parametrize(
    ("name", "part"),
    [("a.md", "```\n"), ("a.txt", "."), ("b.txt", "?!"), ("c.txt", "A "), ("d.txt", '."')],
)
def test_what_is_repeated_takes_time_by_its_length(name: str, part: str, tmp_path: Path) -> None:
    # 4,000 and 16,000 characters: four times the time, where it was sixteen times and more
    small, large = (
        min(seconds(partial(read, tmp_path / name, part * (n // len(part)))) for _ in range(2))
        for n in (4_000, 16_000)
    )
    assert large < 10 * small + 0.3


def test_sentences_end_where_they_ended() -> None:
    text = 'He left... "Why?!" Nobody knew.) Then … he came. v1.2.3 is out... or not. (See 3.)'
    found = [text[start:end] for start, end in split_sentences(text)]
    assert found == [
        "He left...",
        '"Why?!"',
        "Nobody knew.)",
        "Then … he came. v1.2.3 is out... or not.",
        "(See 3.)",
    ]


def test_columns_of_one_name_are_put_together_once() -> None:
    # 100,000 values; each time anew they are 5,000,000,000
    assert seconds(lambda: gathered([("a", ["1"])] * 100_000)) < 2


def test_a_name_that_is_no_name_is_folded_and_no_more() -> None:
    for part in ("a ", "'s", "the ", ". "):
        text = f"x{part * 50_000}"
        assert seconds(partial(normalise, text)) < 1
        assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("text", [LAUGHS, MERGED])
def test_a_plan_of_aliases_is_refused_at_once(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(Invalid, match=r"p\.yaml .*aliases .* unfold to more than 100,000 values"):
        plan_of(text, "p.yaml", ".yaml")
    with pytest.raises(Unfolds):
        read_yaml(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("text", [LAUGHS, MERGED])
def test_front_matter_of_aliases_makes_no_template(text: str, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"---\n{text}variables: *p\n---\nDear {{who}},\n")
    [document] = read_documents(file)
    assert not document.entries


def test_yaml_is_read_as_before() -> None:
    text = "a: &one {x: [1, 2.5, 0x1f, 1:30, .inf]}\nb: *one\nc: {<<: *one, y: 2001-02-03}\n"
    assert read_yaml(text) == yaml.safe_load(text)
    assert read_yaml("a: 1:30:15") == {"a": 5_415}  # 3600 + 30 * 60 + 15
    long = "1" + ":59" * 100_000
    assert read_yaml(f"a: {long}") == {"a": long}
    with pytest.raises(Invalid, match="nested too deeply"):
        plan_of("&a [*a, *a]", "p.yaml", ".yaml")
