"""Passages: exact, complete, and cut anew only where the text changed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.ingest.document import Document, Turn
from memcubes.ingest.neutral import NeutralExtractor
from memcubes.ingest.passage import Granularity, Passage, count_words, split_passages

NEUTRAL = NeutralExtractor()
SMALL = Granularity(words=20, whole=0, longest=40)
WORDS = st.sampled_from(["pump", "vat", "3.5", "Dr.", "Ito", "05:40", "泵坏了", "milk,", "the"])
SENTENCE = st.builds(
    lambda words, end: "The " + " ".join(words) + end,
    st.lists(WORDS, min_size=1, max_size=9),
    st.sampled_from([".", "!", "。", "?"]),
)
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=12).map(" ".join)
LINE = st.one_of(
    PARAGRAPH,
    st.sampled_from(["", "# Head", "- item", "```", "| a | b |", "---", "Date: 2025-03-14"]),
    st.text(max_size=20),
)
TEXT = st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r\n", "\n\n"]))).map(
    lambda parts: "".join(line + end for line, end in parts)
)


def cut(text: str, granularity: Granularity = SMALL) -> list[Passage]:
    return split_passages(Document("a.md", None, text, "text/markdown"), NEUTRAL, granularity)


@given(TEXT, st.sampled_from([SMALL, Granularity(), Granularity(5, 3, 5)]))
def test_passages_are_exact_and_hold_the_whole_text(text: str, granularity: Granularity) -> None:
    passages = cut(text, granularity)
    reach = 0
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert text[reach : passage.start].strip() == ""
        reach = passage.end
        last = 0
        for start, end in passage.sentences:
            assert last <= start < end <= len(passage.text)
            assert passage.text[start:end].strip() == passage.text[start:end]
            last = end
        earlier = [p for p in passages[:ordinal] if p.text == passage.text]
        assert passage.occurrence == len(earlier)
    assert text[reach:].strip() == ""


@given(st.lists(PARAGRAPH, min_size=1, max_size=6), PARAGRAPH, st.data())
def test_an_inserted_paragraph_leaves_the_others(
    paragraphs: list[str], new: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(paragraphs)))
    before = [p.text for p in cut("\n\n".join(paragraphs))]
    edited = "\n\n".join([*paragraphs[:place], new, *paragraphs[place:]])
    after = [p.text for p in cut(edited)]
    added = [p.text for p in cut(new)]
    assert sorted(after) == sorted(before + added)


def test_an_inserted_sentence_is_soon_forgotten() -> None:
    sentences = [f"Pump {i} gave {i * i % 97} litres that day." for i in range(400)]
    size = Granularity(words=110, whole=0)
    before = {p.text for p in cut(" ".join(sentences), size)}
    after = {p.text for p in cut(" ".join(["Pump X gave no litres that day.", *sentences]), size)}
    assert len(after) > 20
    assert len(after - before) <= len(after) / 3


@given(TEXT)
def test_no_passage_is_much_too_long(text: str) -> None:
    for passage in cut(text):
        # a heading's words, one sentence at its longest, and the target
        assert count_words(passage.text) <= 20 * 1.15 + 40 + 20


def test_a_short_document_is_one_passage_without_its_header() -> None:
    text = "Subject: Leak\nDate: 2025-03-14\n\nIt leaks. Dr. Ito knows.\n\n- first\n- second\n"
    [passage] = cut(text, Granularity())
    said = [passage.text[start:end] for start, end in passage.sentences]
    assert said == ["It leaks.", "Dr. Ito knows.", "first", "second"]
    assert passage.text.startswith("Subject")


def test_a_record_of_250_words_stays_whole_and_one_of_251_does_not() -> None:
    words = "One two three four five. " * 50
    assert len(cut(words, Granularity())) == 1
    parts = cut(words + "More.", Granularity())
    assert len(parts) > 1
    assert all(70 <= count_words(part.text) <= 130 for part in parts[:-1])


def test_headings_go_with_what_stands_under_them() -> None:
    text = "# Ana\n\nShe walks.\n\n# Bo (ID: 7)\nHe runs.\nUnderlined\n---\n\nHe sits."
    passages = cut(text)
    assert [p.text for p in passages[:2]] == [
        "# Ana\n\nShe walks.",
        "# Bo (ID: 7)\nHe runs.\nUnderlined\n---",
    ]
    assert [p.heading for p in passages] == ["Ana", "Bo (ID: 7)", "Bo (ID: 7)"]
    assert passages[0].sentences == ((2, 5), (7, 17))


def test_wrapped_lines_join_and_rows_do_not() -> None:
    wrapped = "The pump that stands behind the wall of the\nold hall broke in the night."
    [passage] = cut(wrapped)
    assert len(passage.sentences) == 1
    rows = "0102  Ana Ruiz, production manager, dairy\n0107  Bo Li, quality\nDriver: Cy\nsmall"
    [passage] = cut(rows)
    said = [passage.text[start:end] for start, end in passage.sentences]
    assert len(said) == 3
    assert said[2].startswith("Driver: Cy")


def test_tables_and_code() -> None:
    text = "| Code | Item |\n|---|---|\n| PZ-2 | pump |\n\n```\nx = 1.\n\ny = 2.\n```\nAfter."
    passages = cut(text)
    said = [p.text[s:e] for p in passages for s, e in p.sentences]
    assert said == ["Code | Item", "PZ-2 | pump", "After."]
    assert passages[1].text == "```\nx = 1.\n\ny = 2.\n```"


def test_a_turn_is_a_passage() -> None:
    long = "I saw the pump again. " * 80
    text = f"Ana: Hi.\nBo: {long}\nAna: Hi.\n"
    at = text.index(long)
    last = text.rindex("Hi.")
    turns = (
        Turn(5, 8, "Ana", "user", 7),
        Turn(at, at + len(long), "Bo", None, None),
        Turn(last, last + 3, "Ana", "user", 8),
    )
    document = Document("c", "T", text, "application/x-chat", stated=1, turns=turns)
    passages = split_passages(document, NEUTRAL)
    assert [(p.text, p.speaker, p.role, p.stated) for p in (passages[0], passages[-1])] == [
        ("Hi.", "Ana", "user", 7),
        ("Hi.", "Ana", "user", 8),
    ]
    assert [p.occurrence for p in (passages[0], passages[-1])] == [0, 1]
    assert len(passages) > 4
    assert {p.speaker for p in passages[1:-1]} == {"Bo"}
    assert {p.stated for p in passages[1:-1]} == {1}
    assert all(p.text == text[p.start : p.end] for p in passages)
    assert {p.title for p in passages} == {"T"}


def test_an_endless_sentence_is_cut_at_clauses_else_at_words() -> None:
    commas = ", ".join(["the pump broke again"] * 40)
    pieces = [p.text[s:e] for p in cut(commas) for s, e in p.sentences]
    assert len(pieces) > 2
    assert all(piece.endswith(",") for piece in pieces[:-1])
    words = [p.text for p in cut("word " * 200)]
    assert max(count_words(part) for part in words) <= 40
    assert "".join(words).replace(" ", "") == "word" * 200
    assert len(cut("x" * 10_000)) > 1


@pytest.mark.parametrize("wrong", [(0, 5, 5), (9, 5, 8), (5, -1, 9)])
def test_granularity_is_checked(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="Granularity needs"):
        Granularity(*wrong)


def test_lines_that_begin_with_thousands_of_blanks_take_no_time() -> None:
    text = "\n".join(" " * 4_000 + word for word in ["- Ann left.", "a:"] * 200)
    began = time.process_time()
    found = split_passages(Document("a", None, text, "text/plain"), NEUTRAL)
    assert (
        time.process_time() - began < 5
    )  # a run that is tried from each of its blanks: 15 s and more
    assert found[0].text.lstrip().startswith("- Ann left.")


def test_quotes_and_lists_are_taken_off() -> None:
    for line in (
        "> > Ann left.",
        "> - Ann left.",
        ">Ann left.",
        "  - [x] Ann left.",
        "  > | Ann left.",
    ):
        (found,) = split_passages(Document("a", None, line, "text/plain"), NEUTRAL)
        (span,) = found.sentences
        assert found.text[slice(*span)] == "Ann left.", line
