"""Chains of several hops: longer and shorter names join, and a sentence beside the nearest is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.query.chain import plain

CHAINS = {
    "a title": (
        "Where did the head of the Riverside Clinic study medicine?",
        [
            "Dr. Amara Osei leads the Riverside Clinic.",
            "Amara Osei studied medicine at the University of Kumasi.",
        ],
        ["Dr. Felix Brandt leads the Hilltop Clinic.", "Felix Brandt studied medicine in Graz."],
    ),
    "what a thing is": (
        "Who guards the building where the rack of switch SW-17 stands?",
        [
            "The switch SW-17 is mounted in rack R-4.",
            "Rack R-4 stands in the server room of building Kappa.",
            "Building Kappa is guarded by Tessler Security at night.",
        ],
        [
            "The switch SW-18 is mounted in rack R-5.",
            "Rack R-5 stands in the basement of building Lambda.",
            "Building Lambda is guarded by Orion Watch.",
        ],
    ),
    "an office": (
        "What does the officer collect to whom Yusuf Demir reported the theft?",
        [
            "Yusuf Demir reported the theft to Officer Klara Winge.",
            "Officer Winge collects stamps.",
        ],
        ["The red bicycle F-772 was stolen from Eva Nordin.", "Eva Nordin collects shells."],
    ),
    "four links": (
        "Where was the series filmed in which the wife of the presenter of Nightfall starred?",
        [
            "The programme Nightfall is presented by Jude Marsh.",
            "Jude Marsh has as wife the actress Lena Fox.",
            "Lena Fox starred in the series Harbour Lights.",
            "Harbour Lights was filmed in Whitby.",
        ],
        ["The programme Daybreak is presented by Sol Reyes.", "Sol Reyes starred in Whitby."],
    ),
}


def asked(folder: Path, question: str, notes: list[str], encoder: str = "hashing") -> list[str]:
    with Memory.open(folder / "m.db", user="local:ann", encoder=encoder) as memory:
        (folder / "notes").mkdir()
        for number, text in enumerate(notes):
            (folder / "notes" / f"{number}.txt").write_text(text + "\n", "utf-8")
        memory.ingest(folder / "notes")
        return [quote.text for quote in memory.ask(question, check_sources=False).quotes]


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_goes_on_over_another_form_of_the_name(tmp_path: Path, name: str) -> None:
    question, chain, others = CHAINS[name]
    assert asked(tmp_path, question, [*others, *chain]) == chain


def test_a_sentence_beside_the_nearest_is_tried_where_that_one_leads_no_further(
    tmp_path: Path,
) -> None:
    notes = [
        "The contract between Pellworm AG and Tidewater Ltd was signed by Hanne Brix.",
        "Hanne Brix is the procurement officer of Pellworm AG. She reports to Jonas Keil.",
        "Jonas Keil can be reached under extension 4417.",
        "Marta Sohn can be reached under extension 4418.",
    ]
    question = (
        "What is the extension of the superior of the signer of the contract between Pellworm AG and "
        "Tidewater Ltd?"
    )
    chain = [notes[0], "She reports to Jonas Keil.", notes[2]]
    assert asked(tmp_path, question, notes, "minilm") == chain


def test_words_contain_each_other_as_whole_words() -> None:
    assert plain("Kappa") in plain("in building Kappa.")
    assert plain("Kappa") not in plain("the Kappas")
