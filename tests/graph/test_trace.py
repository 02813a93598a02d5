"""A trace shows where things came from and what became of them, and nothing that is not the viewer's."""

import json
from collections.abc import Iterator

import pytest

from memcubes.graph import Access, Direction, NodeKind
from memcubes.graph.errors import Invalid, NotFound
from memcubes.graph.resolve import resolve
from memcubes.graph.step import Trace
from memcubes.graph.trace import trace

from .casefile import (
    ANN,
    BOB,
    LATER,
    LETTER,
    LOG,
    NS,
    POLICY,
    REASON,
    STATEMENT,
    VALVE,
    Casefile,
    casebook,
)

QUESTION = "At what time did the valve RV-7 fail?"
UP, DOWN = Direction.UP, Direction.DOWN


@pytest.fixture
def case() -> Iterator[Casefile]:
    made = casebook()
    yield made
    made.store.close()


def answered(case: Casefile, question: str = QUESTION) -> str:
    """The receipt of a question."""
    found = [
        step.node
        for uri in (LOG, LETTER)
        for step in trace(case.store, case.scope(), case.source(uri), DOWN).steps
        if step.said("question") == question
    ]
    return found[0]


def titles(found: Trace) -> list[tuple[str, str, str]]:
    return [(str(step.kind), step.title, step.status) for step in found.steps]


def test_up_from_an_answer_to_its_sources(case: Casefile) -> None:
    found = trace(case.store, case.scope(), answered(case), UP)
    assert titles(found) == [
        ("Injection", QUESTION, "in force"),
        ("MemCube", "Plant log", "in force"),
        ("MemCube", "Statement of Brackwater Controls", "withdrawn"),
        ("Source", "Plant log", "in force"),
        ("Source", "Statement of Brackwater Controls", "withdrawn"),
    ]
    assert [step.depth for step in found.steps] == [0, 1, 1, 2, 2]
    assert not found.truncated


def test_a_withdrawn_step_says_who_when_and_why(case: Casefile) -> None:
    gone = trace(case.store, case.scope(), case.source(STATEMENT), UP).root
    assert gone.until
    assert (gone.until.verb, gone.until.actor, gone.until.reason) == ("retract", ANN, REASON)
    assert gone.until.seq == case.seq
    assert gone.since
    assert gone.since.verb == "ingest"


def test_quotes_carry_their_place_in_the_source(case: Casefile) -> None:
    found = trace(case.store, case.scope(), answered(case), UP)
    for join, cube in found.after(found.root.node):
        (quote,) = join.quotes
        assert quote.source
        assert quote.place
        start, end = quote.place
        assert found.step(quote.source).text[start:end] == quote.text
        assert cube.text[slice(*quote.span)] == quote.text
        ((onward, source),) = found.after(cube.node)
        assert source.node == quote.source
        assert source.text[slice(*onward.places[0])] == cube.text
    assert "The valve RV-7 failed at 02:10." in json.dumps(found.as_json())


def test_without_spans_the_whole_cube_was_used(case: Casefile) -> None:
    found = trace(case.store, case.scope(), answered(case, "Who insures him?"), UP)
    assert [q.text for q in found.joins[0].quotes] == [POLICY]


def test_places_are_those_of_the_text_that_was_read(case: Casefile) -> None:
    receipt = answered(case)
    edited = ["A line that was put in front.", "Night of 12 March 2025.", VALVE]
    case.ingest(LOG, edited, title="Plant log", author="Night shift")
    old = trace(case.store, case.scope(), receipt, UP)
    (log,) = [s for s in old.of_kind(NodeKind.SOURCE) if s.said("uri") == LOG]
    assert log.status == "revised since"
    assert log.until
    assert log.until.verb == "ingest"
    (join,) = [j for j, s in old.after(receipt) if s.version.origin == log.node]
    assert join.quotes[0].place
    assert log.text[slice(*join.quotes[0].place)] == "The valve RV-7 failed at 02:10."
    assert join.matches
    new = trace(case.store, case.scope(), case.cube(LOG, VALVE), UP)
    assert new.joins[0].places[0][0] > join.quotes[0].place[0]


def test_a_revised_cube_is_named_and_shown_as_it_was_used(case: Casefile) -> None:
    receipt, cube = answered(case), case.cube(LOG, VALVE)
    seq = case.revise(cube, "The valve RV-7 failed at 02:15.", "a typing error")
    found = trace(case.store, case.scope(), receipt, UP)
    step = found.step(cube)
    assert (step.status, step.in_force, step.text) == ("revised since", True, VALVE)
    assert step.until
    assert (step.until.seq, step.until.reason) == (seq, "a typing error")
    (join,) = [j for j in found.joins if j.of == cube]
    assert (join.matches, join.in_force) == (False, True)
    assert join.quotes[0].text == "The valve RV-7 failed at 02:10."
    assert trace(case.store, case.scope(), cube, UP).root.status == "in force"


def test_the_same_text_under_another_header_is_not_revised(case: Casefile) -> None:
    receipt, cube = answered(case), case.cube(LOG, VALVE)
    case.ingest(LOG, ["Night of 12 March 2025.", VALVE], title="Log of the plant")
    found = trace(case.store, case.scope(), receipt, UP)
    assert found.step(cube).status == "in force"
    assert found.step(cube).until is None
    assert trace(case.store, case.scope(), cube, UP).root.title == "Log of the plant"


def test_what_came_back_is_in_force_again(case: Casefile) -> None:
    case.revert(case.seq)
    found = trace(case.store, case.scope(), answered(case), UP)
    assert {step.status for step in found.steps} == {"in force"}
    assert all(join.in_force for join in found.joins)
    assert all(join.matches for join in found.joins if join.pinned)
    seq = case.retract(STATEMENT, "once more")
    last = trace(case.store, case.scope(), case.source(STATEMENT), UP).root.until
    assert last
    assert (last.seq, last.reason) == (seq, "once more")


def test_down_from_a_source_to_facts_and_answers(case: Casefile) -> None:
    found = trace(case.store, case.scope(), case.source(LOG), DOWN)
    assert sorted(titles(found)) == sorted(
        [
            ("Source", "Plant log", "in force"),
            ("MemCube", "Plant log", "in force"),
            ("MemCube", "Plant log", "in force"),
            ("Fact", "valve RV-7 fail at 02:10", "in force"),
            ("Injection", QUESTION, "in force"),
        ]
    )
    (receipt,) = found.of_kind(NodeKind.INJECTION)
    assert receipt.since
    assert (receipt.since.actor, receipt.since.verb) == (ANN, "ask")
    (join,) = [j for j in found.joins if j.made == receipt.node]
    assert [q.text for q in join.quotes] == ["The valve RV-7 failed at 02:10."]


def test_down_from_a_withdrawn_source_still_reaches_everything(case: Casefile) -> None:
    found = trace(case.store, case.scope(), case.source(STATEMENT), DOWN)
    assert {(s.kind, s.status) for s in found.steps} == {
        (NodeKind.SOURCE, "withdrawn"),
        (NodeKind.MEMCUBE, "withdrawn"),
        (NodeKind.FACT, "withdrawn"),
        (NodeKind.INJECTION, "in force"),
    }
    (fact,) = found.of_kind(NodeKind.FACT)
    assert fact.until
    assert fact.until.reason == REASON


def test_up_from_a_fact(case: Casefile) -> None:
    withdrawn = trace(case.store, case.scope(), case.fact(("valve RV-7", "fail at", "07:40")), UP)
    assert [(s.kind, s.status) for s in withdrawn.steps] == [
        (NodeKind.FACT, "withdrawn"),
        (NodeKind.MEMCUBE, "withdrawn"),
        (NodeKind.SOURCE, "withdrawn"),
    ]
    assert [q.text for q in withdrawn.joins[0].quotes] == [LATER]


def test_as_of_knows_nothing_of_what_came_later(case: Casefile) -> None:
    before = case.scope(seq=case.seq - 1)
    found = trace(case.store, before, case.source(STATEMENT), DOWN)
    assert {step.status for step in found.steps} == {"in force"}
    assert all(step.until is None for step in found.steps)
    assert found.seq == case.seq - 1
    with pytest.raises(NotFound, match="memcubes search"):
        trace(case.store, case.scope(seq=2), case.source(STATEMENT), DOWN)


def test_erased_content_is_shown_as_erased(case: Casefile) -> None:
    receipt = answered(case)
    case.erase(LOG, "a request of 1 May")
    found = trace(case.store, case.scope(), receipt, UP)
    gone = [s for s in found.steps if s.erased]
    assert [(s.title, s.status, s.text) for s in gone] == [
        ("erased MemCube", "erased", ""),
        ("erased Source", "erased", ""),
    ]
    assert all(s.until and s.until.reason == "a request of 1 May" for s in gone)
    told = json.dumps(found.as_json())
    assert "02:10." not in told.replace("07:40, not at 02:10.", "")


def test_only_the_visible_part(case: Casefile) -> None:
    receipt = answered(case)
    case.grant(BOB, Access.READER)
    case.restrict(LOG, ANN)
    bob = case.as_user(BOB)
    scope = bob.scope(NS)
    found = trace(bob, scope, receipt, UP)
    assert {s.said("uri") for s in found.of_kind(NodeKind.SOURCE)} == {STATEMENT}
    assert "The valve RV-7 failed at 02:10." not in json.dumps(found.as_json())
    hidden = case.source(LOG)
    with pytest.raises(NotFound):
        trace(bob, scope, hidden, DOWN)
    for text in (hidden, hidden[:8], LOG):
        with pytest.raises(NotFound):
            resolve(bob, scope, text)
    assert len(trace(case.store, case.scope(), receipt, UP).steps) == 5


def test_bounds(case: Casefile) -> None:
    receipt = answered(case)
    shallow = trace(case.store, case.scope(), receipt, UP, depth=1)
    assert (len(shallow.steps), shallow.truncated) == (3, True)
    assert not trace(case.store, case.scope(), receipt, UP, depth=2).truncated
    narrow = trace(case.store, case.scope(), receipt, UP, most=1)
    assert (len(narrow.joins), narrow.truncated) == (1, True)
    for wrong in ({"depth": 0}, {"most": 0}):
        with pytest.raises(Invalid):
            trace(case.store, case.scope(), receipt, UP, **wrong)


def test_one_cube_that_two_ways_reach_is_one_step(case: Casefile) -> None:
    case.answer(
        "Again?",
        VALVE,
        (case.cube(LOG, VALVE), "The valve"),
        (case.cube(LOG, "Night of 12 March 2025."), ""),
    )
    found = trace(case.store, case.scope(), case.source(LOG), DOWN)
    again = [s for s in found.steps if s.title == "Again?"]
    assert len(again) == 1
    assert len([j for j in found.joins if j.made == again[0].node]) == 2


def test_json_is_plain_and_times_are_rfc_3339(case: Casefile) -> None:
    told = trace(case.store, case.scope(), answered(case), UP).as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["steps"][0]["since"]["at"].endswith("Z")
    assert told["steps"][0]["since"]["seq"] == 5


def test_unknown_nodes_name_the_way_out(case: Casefile) -> None:
    with pytest.raises(NotFound, match=r"no node nothing here.*memcubes log"):
        trace(case.store, case.scope(), "nothing", UP)


@pytest.mark.parametrize("text", [LOG, STATEMENT, "vendor-statement.md"])
def test_resolve_by_name_whether_withdrawn_or_not(case: Casefile, text: str) -> None:
    uri = LOG if text == LOG else STATEMENT
    assert resolve(case.store, case.scope(), text) == case.source(uri)


def test_resolve_by_id_and_prefix(case: Casefile) -> None:
    for node in (case.cube(LOG, VALVE), case.cube(STATEMENT, LATER), answered(case)):
        for text in (node, node.upper(), node[:13], f" {node[:10]} "):
            assert resolve(case.store, case.scope(), text) == node
    with pytest.raises(Invalid, match="at least 4"):
        resolve(case.store, case.scope(), "abc")
    with pytest.raises(Invalid, match="name a node"):
        resolve(case.store, case.scope(), " ")


def test_resolve_lists_candidates(case: Casefile) -> None:
    for folder in "abcdefg":
        case.ingest(f"{folder}/same.md", [f"text of {folder}"], title="\x1b[31mA folder")
    with pytest.raises(Invalid, match="may mean 7 things") as told:
        resolve(case.store, case.scope(), "same.md")
    assert str(told.value).count("Source") == 5
    assert "and 2 more" in str(told.value)
    assert "\x1b" not in str(told.value)


def test_resolve_as_of(case: Casefile) -> None:
    with pytest.raises(NotFound, match="memcubes search"):
        resolve(case.store, case.scope(seq=2), STATEMENT)
