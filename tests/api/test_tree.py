"""The tree shows a trace on 80 columns and lets no memory text style the terminal."""

from collections.abc import Iterator

import pytest
from rich.console import Console
from rich.tree import Tree

from memcubes.api.plain import plain
from memcubes.api.tree import tree
from memcubes.graph import Direction
from memcubes.graph.step import Trace
from memcubes.graph.trace import trace

from ..graph.casefile import LOG, REASON, STATEMENT, VALVE, Casefile, casebook


@pytest.fixture
def case() -> Iterator[Casefile]:
    made = casebook()
    yield made
    made.store.close()


def down(case: Casefile, uri: str) -> Trace:
    return trace(case.store, case.scope(), case.source(uri), Direction.DOWN)


def drawn(tree: Tree, *, colour: bool = False) -> str:
    console = Console(width=80, color_system="standard" if colour else None, force_terminal=colour)
    with console.capture() as out:
        console.print(tree)
    return out.get()


def test_says_what_became_of_a_source(case: Casefile) -> None:
    text = drawn(tree(down(case, STATEMENT)))
    assert all(len(line) <= 80 for line in text.splitlines())
    flat = " ".join(text.replace("│", " ").split())
    assert "withdrawn: retract by local:ann on" in flat
    assert REASON in flat
    assert "answer" in flat
    assert "At what time did the valve RV-7 fail?" in flat
    assert "given to local:ann" in flat


def test_what_is_gone_is_struck(case: Casefile) -> None:
    assert "\x1b[2;9m" in drawn(tree(down(case, STATEMENT)), colour=True)
    assert "\x1b[2;9m" not in drawn(tree(down(case, LOG)), colour=True)


def test_words_on_nodes(case: Casefile) -> None:
    fact = case.fact(("valve RV-7", "fail at", "02:10"))
    text = drawn(tree(down(case, LOG), {fact: "disputed by 07:40"}))
    assert "disputed by 07:40" in text


def test_a_node_is_drawn_once_and_branches_are_bounded(case: Casefile) -> None:
    both = [(case.cube(LOG, text), "") for text in ("Night of 12 March 2025.", VALVE)]
    case.answer("Again?", "given", *both)
    text = drawn(tree(down(case, LOG)))
    assert text.count("Again?") == 1
    assert "see above" in text
    assert "and 1 more" in drawn(tree(down(case, LOG), most=1))


def test_hostile_text_stays_text() -> None:
    case = Casefile()
    evil = "[bold red]markup[/] \x1b[31mescape\x07 \u202eturned"
    case.ingest("evil.md", [evil], title=evil, author=evil)
    text = drawn(tree(down(case, "evil.md")), colour=True)
    assert "[bold red]markup[/]" in text
    assert "\x1b[31m" not in text.replace("\x1b[31mwithdrawn", "")
    assert not {"\x07", "\u202e"} & set(text)
    case.store.close()


def test_plain_keeps_every_offset() -> None:
    text = "a\x00b\u202ec\r\nd\u2028e 探头 \ud800 é"
    assert len(plain(text)) == len(plain(text, lines=True)) == len(text)
    assert "\n" in plain(text, lines=True)
    assert "\n" not in plain(text)
    plain(text).encode()
