"""What is borne out, and, above all, what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.injection.support import borne_out, sentences

FAILED = "At 02:10 the valve RV-7 failed, and the horn HR-1 was silent."
RECALL = "The recall of batch T-318 was ordered by Ann Pykelet on 14 March 2025."
COUNT = "Midge, the head of quality, counted 1,652 wheels."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("At 02:10 the valve RV-7 failed, and the horn HR-1 was silent.", FAILED),
        ("The valve RV-7 failed at 02:10.", FAILED),
        ("At 02:10, the valve RV-7 failed.", FAILED),
        ("The recall of batch T-318 was ordered by Ann Pykelet on 14 March 2025.", RECALL),
        ("The recall of batch T-318 was ordered on 14 March 2025.", RECALL),
        ("On 14 March 2025, the recall of batch T-318 was ordered by Ann Pykelet.", RECALL),
        ("Midge counted 1652 wheels.", COUNT),
        ("Midge counted 1,652 wheels.", COUNT),
        ("**Midge** counted “1,652” wheels.", COUNT),
        ("The pump stopped at 3 p.m. on Monday.", "The horn rang. The pump stopped at 3 p.m. on Monday."),
        ("The statement was not withdrawn.", "The statement was not withdrawn."),
        ("The valve RV-7 failed at 07:40, not 02:10.", "Correction: The valve RV-7 failed at 07:40, not at 02:10."),
        ("If RV-7 fails, the milk is lost.", "If RV-7 fails, the milk is lost."),
        ("The firm Brackwater withdrew its letter.", "However, the firm Brackwater withdrew its letter."),
        ("阀门RV-7在02:10失效。", "阀门RV-7在02:10失效。"),
    ],
)  # fmt: skip
def test_borne_out(sentence: str, quote: str) -> None:
    assert borne_out(sentence, quote)


@pytest.mark.parametrize(
    ("why", "sentence", "quote"),
    [
        ("number", "The valve RV-7 failed at 07:40.", FAILED),
        ("number", "Midge counted 1,680 wheels.", COUNT),
        ("number", "Midge counted 652 wheels.", COUNT),
        ("number added", "At 02:10, the valve RV-7 failed at 6:10.", FAILED),
        ("decimal", "The milk had 6.8 degrees.", "The milk had 68 degrees."),
        ("sign", "The probe was off by -3 degrees.", "The probe was off by 3 degrees."),
        ("number word", "Teale repeated the command three times.", "Teale repeated the command four times."),
        ("unit", "The stop took 45 hours.", "The stop took 45 minutes."),
        ("percent", "The loss was 5 of the wheels.", "The loss was 5 % of the wheels."),
        ("date", "The recall of batch T-318 was ordered on 15 March 2025.", RECALL),
        ("name", "The recall of batch T-318 was ordered by Ann Teale on 14 March 2025.", RECALL),
        ("code", "The valve RV-8 failed at 02:10.", FAILED),
        ("case of a name", "The paper went to bill and others.", "The paper went to Bill and others."),
        ("negation added", "The statement was not withdrawn.", "The statement was withdrawn."),
        ("negation dropped", "The statement was withdrawn.", "The statement was not withdrawn."),
        ("negation dropped", "The statement was withdrawn.", "The statement wasn't withdrawn."),
        ("negation dropped", "The alarm rang.", "The alarm never rang."),
        ("negated tail", "The valve RV-7 failed at 07:40.", "The valve RV-7 failed at 07:40, not at 02:10."),
        ("not what was said", "The valve RV-7 failed at 02:10.", "The valve RV-7 failed at 07:40, not at 02:10."),
        ("not what was said", "The valve RV-7 failed at 07:40, 02:10.", "The valve RV-7 failed at 07:40, not at 02:10."),
        ("time for span", "The pump ran 5 minutes.", "The pump ran in 5 minutes."),
        ("antonym", "Brill closed the valve at 02:10.", "Brill opened the valve at 02:10."),
        ("hedge dropped", "The valve failed at 02:10.", "The valve may have failed at 02:10."),
        ("hedge dropped", "The valve failed at 02:10.", "The valve failed at 02:10, perhaps."),
        ("condition dropped", "The insurer pays for the damage.", "The insurer pays for the damage if Teale signs."),
        ("condition dropped", "The milk is lost.", "If RV-7 fails, the milk is lost."),
        ("speaker dropped", "The valve failed at 02:10.", "Teale said that the valve failed at 02:10."),
        ("speaker dropped", "The valve failed at 02:10.", "The valve failed at 02:10, Teale said."),
        ("speaker dropped", "The valve failed at 02:10.", "According to Teale, the valve failed at 02:10."),
        ("taken back", "The valve failed at 02:10.", "The valve failed at 02:10; that was found to be wrong."),
        ("taken back", "The valve failed at 02:10.", "The statement that the valve failed at 02:10 was withdrawn."),
        ("roles", "Brill paid Teale 500 crowns.", "Teale paid Brill 500 crowns."),
        ("roles", "The letter was sent by Brill to Teale.", "The letter was sent to Brill by Teale."),
        ("crossed pairs", "Brill paid 500 crowns.", "Brill paid 300 crowns and Teale paid 500 crowns."),
        ("crossed pairs", "Brill paid 500.", "Brill told Teale that Pykelet paid 500."),
        ("crossed times", "Teale called Brill at 03:00.", "Teale called Brill at 02:10 and left at 03:00."),
        ("the wrong head", "The pump failed at 02:10.", "The valve near the pump failed at 02:10."),
        ("cut compound", "Brill broke the valve.", "Brill broke the valve cover."),
        ("list", "Teale and Pykelet counted wheels.", "Brill, Teale and Pykelet counted wheels."),
        ("both halves", "The sum is between 5.", "The sum is between 5 and 9."),
        ("addition", "The valve RV-7 failed at 02:10 because of dirt.", FAILED),
        ("addition", "The answer is that the valve RV-7 failed at 02:10.", FAILED),
        ("tense", "Brill will pay Teale 500 crowns.", "Brill paid Teale 500 crowns."),
        ("voice", "The firm was sued.", "The firm was suing."),
        ("quantity", "All wheels were lost.", "Some wheels were lost."),
        ("quantity", "Wheels were lost on Monday.", "No wheels were lost on Monday."),
        ("before for after", "The horn rang before the failure.", "The horn rang after the failure."),
        ("pronoun", "She counted 412 wheels.", "She counted 412 wheels."),
        ("pronoun", "It failed at 02:10.", "It failed at 02:10."),
        ("speaker", "I have called Midge.", "I have called Midge."),
        ("day", "Midge will come today.", "Midge will come today."),
        ("question", "Was the valve RV-7 closed?", "Was the valve RV-7 closed?"),
        ("fragment", "02:10.", FAILED),
        ("fragment", "Ann Pykelet.", RECALL),
        ("cut off", "The valve RV-7 failed", FAILED),
        ("two sentences", "The horn rang. The pump stopped.", "The horn rang. The pump stopped."),
        ("nothing", "", FAILED),
        ("no words", "…", FAILED),
        ("no quote", "The valve RV-7 failed at 02:10.", ""),
        ("Chinese negation", "阀门在02:10失效。", "阀门没有在02:10失效。"),
    ],
)  # fmt: skip
def test_not_borne_out(why: str, sentence: str, quote: str) -> None:
    assert not borne_out(sentence, quote), why


def test_two_quotes_do_not_add_up() -> None:
    quotes = [
        "Ann Pykelet ordered the recall of batch T-318.",
        "The Food Office closed on 15 March.",
    ]
    mixed = "Ann Pykelet ordered the recall of batch T-318 on 15 March."
    assert not any(borne_out(mixed, quote) for quote in quotes)
    assert not borne_out(mixed, " ".join(quotes))


VOCABULARY = (
    "valve pump Brill Teale RV-7 02:10 412 failed counted wheels not may of by at on and north "
    "store, who, said; a the"
)
WORDS = st.sampled_from(VOCABULARY.split())


def sentence_of(words: list[str]) -> str:
    return "The crew of Brill " + " ".join(words).rstrip(",;") + "."


@given(st.lists(WORDS, min_size=3, max_size=12))
def test_a_sentence_bears_itself_out(words: list[str]) -> None:
    text = sentence_of(words)
    assert borne_out(text, text)
    assert borne_out(text, f"The horn rang. {text} The pump stopped.")


@given(st.lists(WORDS, min_size=3, max_size=12), st.data())
def test_no_other_word_is_borne_out(words: list[str], data: st.DataObject) -> None:
    quote = sentence_of(words)
    place = data.draw(st.integers(0, len(words)))
    for changed in (
        [*words[:place], "closed", *words[place:]],
        [*words[:place], "closed", *words[place + 1 :]],
    ):
        assert not borne_out(sentence_of(changed), quote)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_judged(sentence: str, quote: str) -> None:
    assert borne_out(sentence, quote) in (True, False)
    assert all(part.strip() for part in sentences(sentence))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("1. One.\n2) Two.\n\n* Three", ["One.", "Two.", "Three"]),
        ("It cost 5.5 crowns at Dr. J. Brill's. Then he left.", ["It cost 5.5 crowns at Dr. J. Brill's.", "Then he left."]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("阀门失效。警报没响。", ["阀门失效。", "警报没响。"]),
    ],
)  # fmt: skip
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts
