"""What the public verbs make of a summary: found while it may be, traced, taken back, and no source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.actors import acts
from memcubes.graph.errors import Invalid
from memcubes.graph.instant import now
from memcubes.graph.kind import NodeKind
from memcubes.graph.prov import prov_json
from memcubes.graph.record import Version
from memcubes.graph.retention import DAY
from memcubes.graph.scope import Direction
from memcubes.graph.staleness import usable

from .summaries import CLOSED, OTHERS, TURNS, WHO, cubes, found, summary, written


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        for text in OTHERS:
            memory.remember(text)
        yield memory


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """A chat of five turns."""
    return written(tmp_path / "chat.json", TURNS)


@pytest.fixture
def made(memory: Memory, chat: Path) -> Version:
    """The summary of the chat, two years after."""
    memory.ingest(chat)
    memory.expire(now() + 731 * DAY)
    return summary(memory)


def test_search_finds_the_gist_and_not_what_was_archived(memory: Memory, made: Version) -> None:
    hits = found(memory)
    assert next(iter(hits)) == made.text
    assert "episode" not in hits.values()
    before = memory.log(made.node)[0].seq - 1
    assert made.text not in found(memory, as_of=before)
    assert "episode" in found(memory, archived=True).values()


def test_a_quote_from_it_has_the_source_of_the_passage(memory: Memory, made: Version) -> None:
    answer = memory.ask(WHO)
    (quote,) = (q for q in answer.quotes if q.text == CLOSED)
    assert (quote.cube.node, quote.source_name) == (made.node, "chat.json")
    assert quote.source is not None
    assert quote.source_span is not None
    assert quote.source.text[slice(*quote.source_span)] == CLOSED
    assert quote.original is not None
    assert (quote.original.text, quote.origin) == (CLOSED, quote.source.node)
    assert quote.necessary is True
    assert quote.facts != ()
    assert answer.receipt is not None
    assert usable(memory.store(), memory.scope(), answer.receipt)
    memory.remember(CLOSED)
    assert {q.necessary for q in memory.ask(WHO).quotes if q.text == CLOSED} == {False}


def test_without_its_source_there_is_no_summary(memory: Memory, made: Version) -> None:
    assert CLOSED in [q.text for q in memory.ask(WHO).quotes]
    assert CLOSED not in [q.text for q in memory.ask(WHO, without=["chat.json"]).quotes]
    assert made.text not in found(memory, without=["chat.json"])


def test_it_adds_nothing_to_what_is_believed(memory: Memory, chat: Path) -> None:
    memory.ingest(chat)
    memory.transition("chat.json", "archive")
    before = memory.beliefs()
    assert memory.expire().summarised
    assert memory.beliefs() == before


def test_a_later_statement_overrules_what_it_quotes(memory: Memory, made: Version) -> None:
    assert CLOSED in [q.text for q in memory.ask(WHO).quotes]
    memory.remember("Actually, Bo closed the valve RV-7, not Ann.")
    quotes = {q.text: str(q.status) for q in memory.ask(WHO).quotes}
    assert quotes.get(CLOSED, "superseded") == "superseded"
    assert quotes["Actually, Bo closed the valve RV-7, not Ann."] == "believed"


OLD = "Nora Fell lives in a flat in Leeds and rents it from Mr. Ashe."
NEW = "Nora Fell no longer lives in a flat in Leeds."
RENTS = "Where does Nora Fell rent a flat?"


@pytest.mark.parametrize("first", [True, False])
def test_the_new_comes_before_an_old_statement_that_is_only_quoted(
    memory: Memory, tmp_path: Path, first: bool
) -> None:
    said = (
        OLD,
        "Nora Fell has a cat in the flat in Leeds.",
        "Mr. Ashe likes Nora Fell and the cat.",
    )
    chat = tuple(("user", text) for text in (*said, "We had soup for lunch today."))
    memory.ingest(written(tmp_path / "old.json", chat, "2020-03-01"))
    if first:  # the link was found while the passage was still in the walk
        memory.remember(NEW)
    memory.transition("old.json", "archive")
    memory.expire()
    kept = summary(memory)
    assert OLD in kept.text
    if not first:
        before = [hit.cube.node for hit in memory.search(RENTS).hits]
        assert before[0] == kept.node
        memory.remember(NEW)
    hits = {hit.cube.text: hit for hit in memory.search(RENTS).hits}
    assert list(hits)[:2] == [NEW, kept.text]
    assert (str(hits[NEW].status), str(hits[kept.text].status)) == ("believed", "superseded")
    spans = [standing.span for standing in hits[kept.text].standings]
    assert len(spans) == len({*spans})
    assert OLD in {kept.text[slice(*span)] for span in spans} <= {*kept.text.split("\n")}
    memory.retract(hits[NEW].cube.node)
    (hit,) = (hit for hit in memory.search(RENTS).hits if hit.cube.node == kept.node)
    assert str(hit.status) == "believed"


def test_what_it_quotes_replaces_nothing(memory: Memory, tmp_path: Path) -> None:
    memory.remember(OLD)
    chat = tuple(
        ("user", text)
        for text in (NEW, "Nora Fell saw a cat in Leeds.", "No flat of Nora Fell has a cat in it.")
    )
    soup = ("user", "We had soup for lunch today.")
    memory.ingest(written(tmp_path / "new.json", (*chat, soup), "2099-03-01"))
    assert contested(memory) == {OLD, NEW}  # what a file says disputes what somebody said
    memory.transition("new.json", "archive")
    memory.expire()
    assert NEW in summary(memory).text
    assert contested(memory) == set()


def contested(memory: Memory) -> set[str]:
    """The cubes that something replaces or disputes."""
    return {hit.cube.text for hit in memory.search(RENTS).hits if str(hit.status) != "believed"}


def test_taking_the_source_back_takes_it_away_and_back(memory: Memory, made: Version) -> None:
    tried = memory.retract("chat.json", dry_run=True)
    assert made.node in tried.impact.stale
    done = memory.retract("chat.json")
    assert done.change is not None
    assert made.node in done.impact.stale
    assert made.text not in found(memory)
    assert made.text not in found(memory, archived=True)
    assert CLOSED not in memory.inject(WHO).text
    assert all(q.text != CLOSED for q in memory.ask(WHO).quotes)
    assert memory.expire().changes == ()
    memory.revert(done.change.seq)
    assert next(iter(found(memory))) == made.text
    assert CLOSED in memory.inject(WHO).text


def test_a_passage_that_is_revised_or_retracted_makes_another(
    memory: Memory, made: Version
) -> None:
    passage = next(c for c in cubes(memory, "episode") if c.text == CLOSED)
    said = "Dee closed the valve RV-7 and Bo refilled the pump PX-2."
    memory.revise(passage.node, said)
    assert made.text not in found(memory)
    swept = memory.expire()
    assert ([v.node for v in swept.ended], len(swept.summarised)) == ([made.node], 1)
    assert said in summary(memory).text
    memory.retract(passage.node)
    assert summary(memory).text not in found(memory)
    memory.expire()
    assert "RV-7" not in summary(memory).text
    assert memory.verify().ok


def test_a_source_that_is_read_again_and_says_something_else(
    memory: Memory, made: Version, chat: Path
) -> None:
    written(chat, (*TURNS[:4], ("user", "Then Ann opened the valve RV-7 again at three.")))
    assert memory.ingest(chat).changed == ["chat.json"]
    assert made.text not in found(memory)  # one of its passages is no longer there
    swept = memory.expire()
    assert ([v.node for v in swept.ended], swept.summarised) == ([made.node], ())
    memory.transition("chat.json", "archive")
    assert len(memory.expire().summarised) == 1


def test_what_is_activated_speaks_for_itself(memory: Memory, made: Version) -> None:
    done = memory.transition("chat.json", "activate").change
    assert done is not None
    hits = found(memory)
    assert made.text not in hits
    assert hits[CLOSED] == "episode"
    memory.revert(done.seq)
    assert next(iter(found(memory))) == made.text


def test_it_is_traced_to_the_passages_and_their_source(memory: Memory, made: Version) -> None:
    up = memory.trace(made.node)
    quoted = {
        q.text for join in up.joins if join.made == made.node for q in join.quotes if join.quotes
    }
    assert {*made.text.split("\n")} <= quoted
    assert {step.kind for step in up.steps} == {NodeKind.MEMCUBE, NodeKind.SOURCE}
    assert len(up.steps) == 1 + 5 + 1
    receipt = memory.ask(WHO).receipt
    assert receipt is not None
    assert made.node in {step.node for step in memory.trace(receipt).steps}
    down = memory.trace("chat.json", Direction.DOWN)
    assert {made.node, receipt} <= {step.node for step in down.steps}


def test_the_log_and_the_provenance_tell_who_made_it_of_what(memory: Memory, made: Version) -> None:
    (change,) = memory.log(made.node)
    told = acts(memory.store(), memory.scope(), [change.seq])[change.seq].told
    assert told.startswith("expire by memcubes:lifecycle for local:ann on ")
    document = json.loads(prov_json(memory.store(), memory.scope(), [made.node]))
    derived = document["wasDerivedFrom"].values()
    mine = f"mc:version/{made.id}/{made.from_seq}"
    assert sum(one["prov:generatedEntity"] == mine for one in derived) == 5


def test_the_making_is_undone_by_revert_and_done_again(memory: Memory, made: Version) -> None:
    (change,) = memory.log(made.node)
    memory.revert(change.seq)
    assert made.text not in found(memory)
    memory.expire()
    assert summary(memory).node == made.node
    assert next(iter(found(memory))) == made.text


def test_the_archiving_can_be_undone_under_it(memory: Memory, made: Version) -> None:
    (change,) = memory.log(made.node)
    memory.revert(change.seq - 1)
    assert made.text not in found(memory)
    assert found(memory)[CLOSED] == "episode"


def test_it_is_not_revised_by_hand_and_stays_retracted(memory: Memory, made: Version) -> None:
    with pytest.raises(Invalid, match="is a summary, which quotes word for word"):
        memory.revise(made.node, "Something else.")
    done = memory.retract(made.node).change
    assert done is not None
    assert memory.expire().changes == ()
    assert made.text not in found(memory)
    memory.revert(done.seq)
    assert next(iter(found(memory))) == made.text


def test_chinese_is_summed_up_alike(memory: Memory, tmp_path: Path) -> None:
    turns = (
        ("user", "三号水泵在中午停了。谢谢！"),
        ("assistant", "王芳关上了七号阀门。三号水泵为什么停了？"),
        ("user", "三号水泵停了，因为七号阀门漏水。"),
        ("assistant", "王芳明天修理七号阀门和三号水泵。"),
        ("user", "午饭很好吃。"),
    )
    memory.ingest(written(tmp_path / "聊天.json", turns))
    memory.transition("聊天.json", "archive")
    assert len(memory.expire().summarised) == 1
    gist = summary(memory)
    assert gist.get("language") == "zh"
    lines = gist.text.split("\n")
    told = "".join(text for _, text in turns)
    assert len(lines) == 3
    assert [told.index(line) for line in lines] == sorted(told.index(line) for line in lines)
    assert not {"谢谢！", "三号水泵为什么停了？", "午饭很好吃。"} & {*lines}
    assert gist.text in found(memory, "谁关上了七号阀门？")


def test_the_worker_tells_of_summaries(cli: Any, tmp_path: Path, chat: Path) -> None:
    cli("ingest", chat)
    cli("transition", "chat.json", "archive")
    tried = cli("worker", "--once", "--dry-run")
    assert "archived 0, expired 0, summarised 1" in tried.out
    assert cli("search", WHO).code == 3
    done = cli("worker", "--once", "--json").data
    assert (len(done["summarised"]), len(done["changes"]), done["ended"]) == (1, 1, [])
    assert cli("worker", "--once").out.strip() == "archived 0, expired 0"
    assert "chat, summary" in cli("search", WHO).out
    hit = cli("search", WHO, "--json").data["hits"][0]
    assert (hit["cube"], hit["type"]) == (done["summarised"][0], "summary")
    asked = cli("ask", WHO)
    assert CLOSED in asked.out
    assert "from a summary of what was archived" in asked.out
    quote = cli("ask", WHO, "--json").data["quotes"][0]
    assert quote["source_name"] == "chat.json"
    assert quote["original"] is not None
    assert quote["characters"] is not None
