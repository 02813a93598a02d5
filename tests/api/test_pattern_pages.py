"""The page about patterns: every example of it is run, on every way in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid
from memcubes.query.pattern import read_plan

PLANS = Path(__file__).parents[2] / "benchmarks" / "records_data" / "plans.json"
PAGE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text("utf-8")
FILES = re.findall(r"^```text (\S+\.\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = re.findall(
    r"^```json\n(.*?)^```\n```(json answer|text refused)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """The files of the page."""
    folder = tmp_path_factory.mktemp("page")
    for name, text in FILES:
        (folder / name).write_text(text, "utf-8")
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        report = memory.ingest(folder)
        assert (len(report.added), report.failed) == (4, [])
        yield memory


def test_the_page_has_its_examples() -> None:
    # 4 files; 9 answers and 3 refusals, and every block of JSON is one of them
    assert len(FILES) == 4
    assert [kind for _, kind, _ in EXAMPLES].count("json answer") == 9
    assert [kind for _, kind, _ in EXAMPLES].count("text refused") == 3
    assert PAGE.count("```json\n") == len(EXAMPLES)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_gives_what_the_page_says(memory: Memory, number: int) -> None:
    plan, kind, expected = EXAMPLES[number]
    if kind == "text refused":
        with pytest.raises(Invalid) as refused:
            memory.search(pattern=json.loads(plan))
        assert str(refused.value) == expected.strip()
        return
    found = memory.search(pattern=plan)
    assert [dict(row.values) for row in found.rows] == json.loads(expected)
    assert all(row.cubes for row in found.rows)


def test_the_plans_of_the_benchmark_are_plans() -> None:
    plans = json.loads(PLANS.read_text("utf-8"))
    assert len({one["question"] for one in plans}) == len(plans) == 50
    for one in plans:
        assert [*read_plan(one["plan"]).columns.values()][-1] == "answer"
