"""Subtitles: cues put together again, who speaks, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.graph.instant import parse
from memcubes.ingest.passage import split_passages
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.subtitle import read_subtitles
from tests.ingest.english import ENGLISH


def cue(number: int, begin: str, end: str, *lines: str) -> str:
    return f"{number}\n00:{begin} --> 00:{end}\n" + "\n".join(lines) + "\n\n"


def test_a_sentence_goes_on_through_its_cues_and_no_further() -> None:
    told = (
        cue(1, "00:01,000", "00:02,000", "<i>The lamp L-9</i>")
        + cue(2, "00:02,000", "00:03,000", "{\\an8}failed at 05:39. Nobody")
        + cue(3, "00:03,100", "00:04,000", "saw it.")
        + cue(4, "00:20,000", "00:21,000", "Later")
        + cue(5, "00:40,000", "00:41,000", "it was lit.")
    )
    found = read_subtitles(told, "a.srt")
    assert found is not None
    assert found.text == (
        "[00:00:01] The lamp L-9 failed at 05:39. Nobody saw it.\n[00:00:20] Later\n[00:00:40] it was lit.\n"
    )
    assert found.turns == ()
    [first, *_] = split_passages(found, ENGLISH)
    assert first.text[slice(*first.sentences[0])] == "The lamp L-9 failed at 05:39."


@pytest.mark.parametrize(
    "told",
    [
        cue(1, "00:01,000", "00:02,000", "ANN: I sold")
        + cue(2, "00:02,000", "00:03,000", "the boat.")
        + cue(3, "00:04,000", "00:05,000", "- BO: When?", "- ANN: In May.")
        + cue(4, "00:06,000", "00:07,000", "[laughs]"),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>I sold\n\n00:02.000 --> 00:03.000\n<v Ann>the boat.</v>\n\n"
            "00:04.000 --> 00:05.000\n<v Bo>When?</v>\n\n00:04.500 --> 00:05.000\n<v Ann>In May.</v>\n"
        ),
    ],
)
def test_who_speaks(told: str) -> None:
    found = read_subtitles(told, "a.vtt")
    assert found is not None
    said = [(t.speaker.title(), found.text[t.start : t.end]) for t in found.turns]
    assert said == [("Ann", "I sold the boat."), ("Bo", "When?"), ("Ann", "In May.")]


def test_captions_that_roll_are_said_once_and_what_is_said_twice_stands_twice() -> None:
    told = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nso<00:00:00.5><c> today</c>\n\n00:00:02.000 --> 00:00:02.010\n"
        "so today\n\n00:00:02.010 --> 00:00:04.000\nso today\nthe<00:00:03.000><c> pump</c>\n"
    )
    found = read_subtitles(told, "a.vtt")
    assert found is not None
    assert found.text == "[00:00:00] so today the pump\n"
    twice = cue(1, "00:01,000", "00:02,000", "No.") + cue(2, "00:02,500", "00:03,000", "No.")
    found = read_subtitles(twice, "a.srt")
    assert found is not None
    assert found.text == "[00:00:01] No.\n[00:00:02] No.\n"


def test_a_recording_of_zoom_tells_when_each_turn_was_said() -> None:
    told = "WEBVTT\n\n00:00:05.000 --> 00:00:06.000\nAnn Lee: I sold the boat.\n"
    found = read_subtitles(told, "GMT20240501-101500_Recording.transcript.vtt")
    assert found is not None
    assert found.turns[0].stated == parse("2024-05-01T10:15:05Z")


def test_what_is_no_subtitle_is_text_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("The lamp failed.\n")
    [found] = read_documents(tmp_path / "a.srt")
    assert found.text == "The lamp failed.\n"
    assert "no cue" in found.notes[0]
