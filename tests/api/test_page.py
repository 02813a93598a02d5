"""The page is one inert file: every text escaped, nothing loaded, every quote marked in its source."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest

from memcubes.api.page import Hop, Seal, page
from memcubes.graph import Direction
from memcubes.graph.trace import trace

from ..graph.casefile import LOG, REASON, STATEMENT, VALVE, Casefile, casebook

QUESTION = "At what time did the valve RV-7 fail?"
VOID = {"meta", "br", "link", "img", "input", "hr"}
SVG = {"rect", "path"}


@pytest.fixture
def case() -> Iterator[Casefile]:
    made = casebook()
    yield made
    made.store.close()


class Reader(HTMLParser):
    """Reads a page: its elements in order, what it marks, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "mark":
            self.marked[-1] += data


def answer_page(case: Casefile, uri: str = LOG, question: str = QUESTION, **more: object) -> str:
    down = trace(case.store, case.scope(), case.source(uri), Direction.DOWN)
    (receipt,) = [s.node for s in down.steps if s.said("question") == question]
    up = trace(case.store, case.scope(), receipt, Direction.UP)
    return page(up, **more)  # type: ignore[arg-type]


def words(html: str) -> str:
    """The text of a page, on one line."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_answer_quotes_and_sources(case: Casefile) -> None:
    html = answer_page(case)
    marked = Reader(html).marked
    assert marked.count("The valve RV-7 failed at 02:10.") == 2  # in context and in the whole text
    said = words(html)
    assert said.count(QUESTION) >= 2
    assert "Plant log" in said
    assert "Night shift · 2025-03-14 · plant-log.txt · characters 25–56" in said
    assert "Night of 12 March 2025." in said


def test_what_was_withdrawn_says_by_whom_and_why(case: Casefile) -> None:
    said = words(answer_page(case))
    assert "Of the 2 passages behind this answer, 1 withdrawn since" in said
    assert "Withdrawn by local:ann on" in said
    assert REASON in said
    case.revert(case.seq)
    assert "Both passages behind this answer are still in force." in words(answer_page(case))


def test_revised_and_erased(case: Casefile) -> None:
    case.revise(case.cube(LOG, VALVE), "The valve RV-7 failed at 02:15.", "a typing error")
    said = words(answer_page(case))
    assert "1 withdrawn and 1 revised since" in said
    assert "a typing error" in said
    case.erase(LOG)
    html = answer_page(case, STATEMENT)
    assert "Night of 12 March" not in html
    assert "erased Source" in words(html)


def test_down_lists_answers_and_facts(case: Casefile) -> None:
    found = trace(case.store, case.scope(), case.source(STATEMENT), Direction.DOWN)
    fact = case.fact(("valve RV-7", "fail at", "07:40"))
    html = page(found, statuses={fact: "superseded by 02:10"})
    said = words(html)
    assert "Answers that used it" in said
    assert QUESTION in said
    assert "valve RV-7 fail at 07:40 withdrawn superseded by 02:10" in said
    assert Reader(html).marked


def test_status_path_and_seal(case: Casefile) -> None:
    html = answer_page(
        case,
        statuses={case.cube(LOG, VALVE): "superseded by the letter"},
        hops=[Hop("RV-7"), Hop("02:10", "fail at")],
        seal=Seal(7, 0, "ab" * 32),
    )
    said = words(html)
    assert "Superseded by the letter" in said
    assert "RV-7 fail at 02:10" in said
    assert "ab" * 32 in said
    assert "memcubes verify" in said


def test_hostile_text_stays_inert() -> None:
    case = Casefile()
    evil = """<script>alert(1)</script><img src=x onerror="alert(2)"> '"><svg/onload=alert(3)> $body </pre>\u202e\x1b[31m"""
    case.ingest("javascript:alert(4)", [evil, "Other text."], title=evil, author=evil)
    case.answer(evil, evil, (case.cube("javascript:alert(4)", evil), evil))
    case.retract("javascript:alert(4)", evil)
    cube = case.cube("javascript:alert(4)", evil)
    for html in (
        answer_page(
            case,
            "javascript:alert(4)",
            evil,
            statuses={cube: evil},
            hops=[Hop(evil, evil)],
            seal=Seal(1, 1, evil),
        ),
        page(trace(case.store, case.scope(), case.source("javascript:alert(4)"), Direction.DOWN)),
        page(trace(case.store, case.scope(), cube, Direction.UP), question=evil, answer=evil),
    ):
        reader = Reader(html)
        assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in reader.tags}
        for _, attributes in reader.tags:
            assert not [name for name in attributes if name.startswith("on")]
            assert (attributes.get("href") or "#").startswith("#")
            assert "src" not in attributes
        assert "alert(1)" in words(html)
        assert not {"\u202e", "\x1b"} & set(html)
    case.store.close()


def test_nothing_is_loaded(case: Casefile) -> None:
    html = answer_page(case)
    assert "://" not in html
    assert not re.search(r"@import|url\(", html)
    (policy,) = [a["content"] for t, a in Reader(html).tags if a.get("http-equiv")]
    assert policy
    assert "default-src 'none'" in policy


def test_headings_landmarks_and_labels(case: Casefile) -> None:
    tags = Reader(answer_page(case)).tags
    names = [tag for tag, _ in tags]
    assert {"header", "main", "footer", "h1"} <= set(names)
    assert names.count("h1") == names.count("main") == 1
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for t, a in tags if t == "section"} <= set(ids)
    (svg,) = [a for t, a in tags if t == "svg"]
    assert svg["role"] == "img"
    assert svg["aria-label"]
    assert dict(tags)["html"]["lang"] == "en"


def test_a_long_text_is_cut_around_the_quote() -> None:
    case = Casefile()
    long = [f"Line {number} says nothing of note. " * 100 for number in range(40)]
    case.ingest("long.txt", [*long, "The safe stood open.", "The end."])
    case.answer("Was it open?", "yes", (case.cube("long.txt", "The safe stood open."), "The safe"))
    html = answer_page(case, "long.txt", "Was it open?")
    assert len(html) < 100_000
    assert Reader(html).marked == ["The safe", "The safe"]
    assert "[characters " in words(html)
    case.store.close()


def test_a_source_that_two_quotes_share_is_written_out_once(case: Casefile) -> None:
    both = ["Night of 12 March 2025.", VALVE]
    case.answer("Again?", "given", *[(case.cube(LOG, text), text) for text in both])
    html = answer_page(case, question="Again?")
    assert html.count("<summary>The whole text") == 1
    assert 'The whole text is under <a href="#e1">1</a>' in html
