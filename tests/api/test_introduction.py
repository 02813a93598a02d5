"""Who speaks under a label, where a dialogue says their name: found by the name, in that source alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.open(str(tmp_path / "m.db"), user="local:ann", encoder="hashing")


def chat(place: Path, *said: str) -> Path:
    turns = [{"role": "user", "content": text} for text in said]
    place.write_text(json.dumps({"messages": turns}))
    return place


def facts(memory: Memory) -> set[tuple[str, str, str]]:
    store = memory.store()
    found = all_found(store, store.scope(memory.namespace, ""), Where(kinds=(NodeKind.FACT,)))
    return {(one.get("subject"), one.get("relation"), one.get("object")) for one in found}


def test_a_dialogue_in_which_the_user_says_a_name(tmp_path: Path, memory: Memory) -> None:
    one = chat(
        tmp_path / "one.json", "I live in Kassel.", "Where can I skate?", "By the way, I'm Jonas."
    )
    two = chat(tmp_path / "two.json", "I live in Madrid.", "I need a haircut.")
    memory.ingest(one, two)
    assert ("Jonas", "live in", "Kassel") in facts(memory)
    assert ("Jonas", "live in", "Madrid") not in facts(memory)
    found = [hit.cube.text for hit in memory.search("Which city does Jonas live in?").hits]
    assert found.index("I live in Kassel.") < found.index("I live in Madrid.")
    quotes = [quote.text for quote in memory.ask("Which city does Jonas live in?").quotes]
    assert "I live in Kassel." in quotes


def test_it_goes_with_what_says_so(tmp_path: Path, memory: Memory) -> None:
    place = tmp_path / "one.json"
    chat(place, "I live in Kassel.", "By the way, I'm Jonas.")
    memory.ingest(place)
    chat(place, "I live in Kassel.", "By the way, I'm Peter.")
    memory.ingest(place)
    assert {who for who, _, what in facts(memory) if what == "Kassel"} == {"User", "Peter"}
    chat(place, "I live in Kassel.", "By the way, I'm hungry.")
    memory.ingest(place)
    assert {who for who, _, what in facts(memory) if what == "Kassel"} == {"User"}


def test_in_whatever_order_sources_come(tmp_path: Path) -> None:
    one = chat(tmp_path / "one.json", "I live in Kassel.", "By the way, I'm Jonas.")
    two = chat(tmp_path / "two.json", "I live in Madrid.", "I met Jonas.")
    kept = []
    for name, order in (("a", (one, two)), ("b", (two, one))):
        memory = Memory.open(str(tmp_path / f"{name}.db"), user="local:ann", encoder="hashing")
        for path in order:
            memory.ingest(path)
        kept.append(facts(memory))
    assert kept[0] == kept[1]


def test_a_revised_turn_stays_that_of_the_name(tmp_path: Path, memory: Memory) -> None:
    memory.ingest(chat(tmp_path / "one.json", "I live in Kassel.", "By the way, I'm Jonas."))
    [hit] = [h for h in memory.search("Kassel").hits if "Kassel" in h.cube.text]
    memory.revise(hit.cube.node, "I live in Fulda.", reason="a mistake")
    assert ("Jonas", "live in", "Fulda") in facts(memory)
    assert ("Jonas", "live in", "Kassel") not in facts(memory)


def test_a_statement_by_itself(memory: Memory) -> None:
    memory.remember("My name is Jonas Weber and I live in Kassel.")
    memory.remember("I own a boat.")
    assert ("Jonas Weber", "live in", "Kassel") in facts(memory)
    assert ("Jonas Weber", "own", "a boat") not in facts(memory)


def dialogue(place: Path, *said: str) -> Path:
    roles = ["user", "assistant"] * len(said)
    turns = [{"role": r, "content": text} for r, text in zip(roles, said, strict=False)]
    place.write_text(json.dumps({"messages": turns}))
    return place


@pytest.mark.parametrize(
    ("question", "said", "answer"),
    [
        (
            "Which city does Jonas live in?",
            (
                "Hi, I'm Jonas.",
                "Nice to meet you, Jonas!",
                "I live in Turku.",
                "A lovely place to be.",
            ),
            "I live in Turku.",
        ),
        (
            "What does Petra Vogel grow?",
            (
                "My name is Petra Vogel.",
                "Hello Petra Vogel! What do people grow where you are?",
                "I grow tomatoes on the roof.",
                "Petra, that is a fine thing to do.",
            ),
            "I grow tomatoes on the roof.",
        ),
        (
            "李雷住在哪里？",
            ("你好，我叫李雷。", "很高兴认识你，李雷！", "我住在成都。", "那是一座美丽的城市。"),
            "我住在成都。",
        ),
        (
            "王芳在哪里工作？",
            (
                "大家好，我是王芳。",
                "王芳，你好！你喜欢工作吗？",
                "我在一家医院工作。",
                "王芳，医院的工作很辛苦吧？",
            ),
            "我在一家医院工作。",
        ),
    ],
)
def test_a_name_leads_to_what_its_speaker_says(
    tmp_path: Path, memory: Memory, question: str, said: tuple[str, ...], answer: str
) -> None:
    memory.ingest(
        dialogue(tmp_path / "one.json", *said),
        dialogue(tmp_path / "two.json", "I live in Madrid.", "Nice.", "I need a haircut."),
    )
    assert memory.search(question).hits[0].cube.text == answer
    assert memory.ask(question).quotes[0].text == answer
