"""English, read by the real model."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memcubes.graph.instant import EARLIEST, OPEN, parse, show_day
from memcubes.ingest.document import Document, Turn
from memcubes.ingest.english import _batches
from memcubes.ingest.extraction import Claim, Extraction
from memcubes.ingest.passage import Granularity, split_passages
from memcubes.ingest.readers import read_documents

from .english import ENGLISH, read

TEXT = (
    "The compressor CX-4 failed at 05:40. Marie Curie was born in Warsaw and moved to Paris. "
    "She won the Nobel Prize in 1903. Correction: the shipment lost 1,240 doses, not 1,420 doses."
)


def triples(found: Extraction) -> set[tuple[str, str, str]]:
    return {(c.subject, c.relation, c.object) for c in found.claims}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The shipment lost 1,420 doses.", ("the shipment", "lose", "1,420 doses")),
        ("The compressor CX-4 failed at 02:10.", ("CX-4", "fail at", "02:10")),
        ("Tim Cook is the CEO of Apple.", ("Tim Cook", "be CEO of", "Apple")),
        ("The valve was made by Siemens.", ("the valve", "be made by", "Siemens")),
        ("Alice reports to Robert Miller.", ("Alice", "report to", "Robert Miller")),
        ("The limit is 10 MB.", ("the limit", "be", "10 MB")),
        ("The sample is negative.", ("the sample", "be", "negative")),
        ("Alice plans to move to Paris.", ("Alice", "plan to move to", "Paris")),
        ("The meeting was moved to Friday.", ("the meeting", "be moved to", "Friday")),
        ("Alice moved the boxes to Lyon.", ("Alice", "move boxes to", "Lyon")),
        ("No alarm was recorded by the horn HR-1.", ("alarm", "be recorded by", "HR-1")),
        (
            "Judith Ostrander released silo 2 for the night run of the line at 17:30.",
            ("Judith Ostrander", "release silo at", "17:30"),
        ),
        (
            "Demon Dice is a collectible dice game created by Lester Smith.",
            ("Demon Dice", "be created by", "Lester Smith"),
        ),
        ("The engineer who repaired the pump left.", ("the engineer", "repair", "the pump")),
        ("Ann is good at chess.", ("Ann", "be good at", "chess")),
        ("Dora Lang loves sushi tbh", ("Dora Lang", "love", "sushi")),
    ],
)
def test_claims(text: str, claim: tuple[str, str, str]) -> None:
    assert claim in triples(read(text))


def test_who_is_good_at_something_is_not_at_it() -> None:
    assert ("Ann", "be at", "chess") not in triples(read("Ann is good at chess."))


@pytest.mark.parametrize(
    ("correction", "plain", "instead"),
    [
        (
            "Correction: The shipment lost 1,240 doses, not 1,420 doses.",
            "The shipment lost 1,420 doses.",
            "1,420 doses",
        ),
        (
            "The compressor CX-4 failed at 05:40, not at 02:10.",
            "The compressor CX-4 failed at 02:10.",
            "at 02:10",
        ),
        (
            "Corrigendum: the compressor CX-4 failed at 05:40 instead of 02:10.",
            "The compressor CX-4 failed at 02:10.",
            "02:10",
        ),
        (
            "Actually, Judith Ostrander counted 1,680 wheels rather than 1,860 wheels.",
            "Judith Ostrander counted 1,860 wheels.",
            "1,860 wheels",
        ),
    ],
)
def test_a_correction_is_the_plain_claim_with_another_object(
    correction: str, plain: str, instead: str
) -> None:
    [new] = read(correction).claims
    [old] = read(plain).claims
    assert (new.subject, new.relation, new.negated) == (old.subject, old.relation, old.negated)
    assert new.object != old.object
    assert old.object in instead
    assert new.correction
    assert new.instead_of == instead
    assert not old.correction
    assert old.instead_of is None


def test_only_the_contrasted_claim_is_a_correction() -> None:
    claims = read("Alice left Rome in 2019, not in 2018, and Bob owns a boat.").claims
    assert {c.object: c.correction for c in claims}["2019"]
    assert [c.instead_of for c in claims if c.correction] == ["in 2018"]
    assert {c.instead_of for c in claims if not c.correction} == {None}


def test_a_form_of_two_verbs_is_that_of_which_it_is_spelt() -> None:
    found = triples(read("Clara hates basil. Clara rides horses. Clara hops over fences."))
    assert {("Clara", "hate", "basil"), ("Clara", "ride", "horses")} <= found
    assert ("Clara", "hop over", "fences") in found


def test_a_date_before_a_name_is_no_part_of_it() -> None:
    found = read("On 3 March 2021 Omar Diallo was born in Dakar.")
    assert triples(found) == {("Omar Diallo", "be born in", "Dakar")}
    assert found.subject == "Omar Diallo"


def test_its_is_of_the_thing_before() -> None:
    found = triples(read("Acme was founded in 1990. Its CEO is Lea Bauer."))
    assert ("Acme's CEO", "be", "Lea Bauer") in found


def test_conjuncts_are_expanded_to_four() -> None:
    assert triples(read("Alice and Bob founded Acme in Berlin.")) >= {
        ("Alice", "found", "Acme"),
        ("Bob", "found", "Acme"),
    }
    found = read("Robert Miller visited Rome, Paris, London, Berlin, Madrid and Vienna.")
    assert len({c.object for c in found.claims}) == 4


def test_pronouns_look_one_sentence_back_and_no_further() -> None:
    found = triples(read("Marie Curie moved to Paris. She won the Nobel Prize."))
    assert ("Marie Curie", "win", "Nobel Prize") in found
    found = triples(read("Marie Curie moved to Paris. The train was late. She won a prize."))
    assert not any(relation == "win" for _, relation, _ in found)


def test_the_speaker_is_i_and_nobody_else() -> None:
    text = "Ana: I moved to Lyon. My sister lives in Oslo. I called Midge. She takes samples.\n"
    document = Document(
        "c", None, text, "application/x-chat", turns=(Turn(5, len(text) - 1, "Ana", None, None),)
    )
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    assert found.subject == "Ana"
    assert ("Ana", "move to", "Lyon") in triples(found)
    assert ("Ana's sister", "live in", "Oslo") in triples(found)
    assert not any(relation == "take" for _, relation, _ in triples(found))


def test_subject() -> None:
    assert read("It is old.", title="Warsaw").subject == "Warsaw"
    assert read("The compressor CX-4 failed at 05:40.").subject == "CX-4"
    assert read("Payment on Demand is a 1951 drama film.").subject == "Payment on Demand"
    assert read("It is a drama film.").subject is None
    assert read("The old pump failed.").subject is None


def test_mentions_are_exact_and_values_are_marked() -> None:
    found = read(TEXT)
    for mention in found.mentions:
        for start, end in mention.spans:
            assert TEXT[start:end].casefold() == mention.surface.casefold()
    names = {m.surface for m in found.mentions if not m.is_value}
    assert {"CX-4", "Marie Curie", "Warsaw", "Paris", "Nobel Prize"} <= names
    values = {m.surface for m in found.mentions if m.is_value}
    assert {"05:40", "1903", "1,240", "1,420"} <= values
    assert not names & values


def test_claims_carry_their_sentence() -> None:
    for claim in read(TEXT).claims:
        start, end = claim.span
        assert TEXT[start:end].endswith(".")
        assert claim.object in TEXT[start:end]


def test_markup_does_not_disturb() -> None:
    plain = read("The valve RV-7 failed at 02:10.")
    marked = read("The **valve** `RV-7`\nfailed at _02:10_.")
    assert triples(plain) == triples(marked) == {("RV-7", "fail at", "02:10")}


def test_pairs_under_a_subject_are_claims() -> None:
    found = read("Driver: Bronagh Teale\nVolume: 6,140 litres\n", title="Intake")
    assert Claim("Intake", "driver", "Bronagh Teale", False, (0, 21)) in found.claims
    assert ("Intake", "volume", "6,140 litres") in triples(found)
    assert read("Driver: Bronagh Teale\n").claims == ()
    assert read("Name: Ann Ray\n", title="Ann Ray").claims == ()


def test_a_passage_is_read_alike_in_any_company() -> None:
    texts = [f"Robert Miller paid {n} euros to Acme in 20{n:02}." for n in range(10, 40)]
    documents = [Document(f"{n}.txt", None, text, "text/plain") for n, text in enumerate(texts)]
    passages = [p for d in documents for p in split_passages(d, ENGLISH, Granularity())]
    together = ENGLISH.extract(passages)
    assert together == [ENGLISH.extract([p])[0] for p in passages]
    assert together[::-1] == ENGLISH.extract(passages[::-1])


def test_threads_get_the_same_answers() -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(read, [TEXT] * 12))
    assert answers == [answers[0]] * 12


def test_nothing_at_all() -> None:
    assert ENGLISH.extract([]) == []
    assert read("!").mentions == ()


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("Alice sold the house.", "past"),
        ("Alice has moved to Paris.", "past"),
        ("The valve was made by Siemens.", "past"),
        ("Alice lives in Paris.", "present"),
        ("Alice is moving to Paris.", "present"),
        ("Alice will move to Paris.", "future"),
        ("Alice is going to move to Paris.", "future"),
        ("Alice plans to move to Paris.", "future"),
    ],
)
def test_tense(text: str, tense: str) -> None:
    assert {claim.tense for claim in read(text).claims} == {tense}


def dated(text: str, stated: str = "2023-05-08") -> dict[str, tuple[str, str] | None]:
    """The valid time of each claim, as days, by its object."""
    document = Document("a.txt", None, text, "text/plain", stated=parse(stated))
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    shown = {EARLIEST: "", OPEN: ""}
    return {
        c.object: None
        if c.valid is None
        else (
            shown.get(c.valid[0], show_day(c.valid[0])),
            shown.get(c.valid[1], show_day(c.valid[1])),
        )
        for c in found.claims
    }


@pytest.mark.parametrize(
    ("text", "what", "valid"),
    [
        ("Alice bought the house on 4 May 2021.", "the house", ("2021-05-04", "")),
        ("Alice lived in Brno from 2010 to 2015.", "Brno", ("2010-01-01", "2016-01-01")),
        ("Between 2010 and 2015 Alice lived in Brno.", "Brno", ("2010-01-01", "2016-01-01")),
        ("Alice left Brno on 31.12.2022.", "Brno", ("2022-12-31", "")),
        ("Alice left Brno on 2022/12/31.", "Brno", ("2022-12-31", "")),
        ("Alice left Brno on 05/06/2022.", "Brno", None),
        ("Alice lived in Brno in 2010.", "Brno", ("2010-01-01", "2011-01-01")),
        ("Alice moved to Brno in 2010.", "Brno", ("2010-01-01", "")),
        ("Alice has worked at Siemens since March 2019.", "Siemens", ("2019-03-01", "")),
        ("Bob was the CEO of Siemens until 2020.", "Siemens", ("", "2021-01-01")),
        ("Bob was the CEO of Siemens before 2020.", "Siemens", ("", "2020-01-01")),
        ("Bob served as mayor between 1990 and 1994.", "mayor", ("1990-01-01", "1995-01-01")),
        ("Last May, Alice visited Linz.", "Linz", ("2022-05-01", "")),
        ("Alice left Brno two weeks ago.", "Brno", ("2023-04-24", "")),
        ("Alice will move to Linz next month.", "Linz", ("2023-06-01", "")),
        ("Alice meets Bob on Friday.", "Bob", ("2023-05-05", "")),
        ("Alice will meet Bob on Friday.", "Bob", ("2023-05-12", "")),
        ("Alice lives in Linz.", "Linz", None),
        ("The deadline is 5 June 2024.", "5 June 2024", None),
        ("The 2021 report was written by Alice.", "Alice", None),
        ("Alice recently bought the house.", "the house", None),
    ],
)
def test_valid_time_is_what_the_dates_say(
    text: str, what: str, valid: tuple[str, str] | None
) -> None:
    assert dated(text)[what] == valid


@pytest.mark.parametrize(
    ("text", "liked"),
    [
        ("I prefer tea to coffee.", True),
        ("I really can't stand loud music.", True),
        ("My favourite city is Brno.", True),
        ("I don't eat meat.", True),
        ("I moved to Brno.", False),
        ("Do I like tea?", False),
        ("I would like a table for two.", False),
    ],
)
def test_preferences_are_those_of_who_speaks(text: str, liked: bool) -> None:
    turn = Turn(0, len(text), "Ann", "user", None)
    for turns in ((turn,), ()):
        document = Document("a.json", None, text, "application/json", turns=turns)
        [found] = ENGLISH.extract(split_passages(document, ENGLISH))
        assert found.preference is (liked and bool(turns))


def test_a_sentence_that_hangs_on_a_preposition_is_read_to_its_end() -> None:
    """The parse makes "In" the root here, above which there is nothing to look for a verb in."""
    text = "In 1933 when the hall moved to its place the college relocated to the old building."
    assert [mention.surface for mention in read(text).mentions] == ["1933"]


def test_whatever_order_words_come_in_they_are_read_to_the_end() -> None:
    """Parses of nonsense have roots of every kind: nothing may climb from them for ever."""
    drawn = random.Random(3)
    held = [
        "in",
        "since",
        "before",
        "after",
        "when",
        "that",
        "if",
        "who",
        "1933",
        "2019",
        "May",
        "last",
        "the",
        "a",
        "moved",
        "said",
        "believes",
        "may",
        "not",
        "Alice",
        "Siemens",
        "college",
        "to",
        "of",
        "by",
        "and",
        "or",
        "was",
        "been",
        "being",
        "relocated",
        "building",
        "said",
        ",",
        ".",
    ]
    said = " ".join(" ".join(drawn.choices(held, k=drawn.randint(3, 14))) + "." for _ in range(600))
    passages = split_passages(Document("a.txt", None, said, "text/plain"), ENGLISH)
    assert len(ENGLISH.extract(passages)) == len(passages)


def test_a_line_of_a_log_says_what_stands_behind_its_stamps() -> None:
    for line in (
        "2023-08-20 23:59:58,101 INFO  [main] scheduler - The nightly job started",
        "2023-08-20 23:59:58,101 - app.worker - ERROR - The nightly job started",
        "2024-05-01T10:00:00Z cron: The nightly job started",
        "Aug 21 00:00:04 web01 cron[123]: The nightly job started",
    ):
        assert {(c.subject, c.relation) for c in read(line).claims} == {
            ("the nightly job", "start")
        }, line
    (one,) = read("2024-05-01 10:00 Ann Reed left the building.").claims
    assert one.subject == "Ann Reed"


def test_sentences_are_parsed_together_up_to_so_many_characters() -> None:
    long, short = "*a " * 300, "Ann left."
    sizes = [len(batch) for batch in _batches([long] * 100 + [short] * 300)]
    assert sum(sizes) == 400
    assert max(sizes[:3]) == 30_000 // len(long)
    assert max(sizes) == 256


def test_rows_say_nothing_of_the_sheet_that_they_stand_in(tmp_path: Path) -> None:
    book = '{"Stock": [{"pieces": 40, "when": "2024-05-01"}, {"pieces": 12, "when": "2024-05-02"}], "Hall": [{"no": "H1"}]}'
    (tmp_path / "a.json").write_text(book)
    (document,) = read_documents(tmp_path / "a.json")
    found = ENGLISH.extract(split_passages(document, ENGLISH))
    assert [claim for one in found for claim in one.claims] == []


def test_fields_by_their_path_stand_alone() -> None:
    lines = ["parts[0].vendor.country: Spain", "parts[0].built: 2018-03-14", "parts[1].id: P2"]
    found = split_passages(Document("a", None, "\n".join(lines), "text/plain"), ENGLISH)
    said = [one.text[slice(*span)] for one in found for span in one.sentences]
    assert said == lines
