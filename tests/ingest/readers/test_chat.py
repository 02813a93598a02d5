"""Chats that are kept as text."""

from pathlib import Path

import pytest

from memcubes.graph.instant import parse
from memcubes.ingest.readers.chat import chat_in
from memcubes.ingest.readers.folder import read_documents

WHATSAPP = (
    "13/03/23, 9:14 PM - Messages and calls are end-to-end encrypted.\n"
    "13/03/23, 9:15 PM - Zoe Park: I moved to Busan\nand like it\n"
    "14/03/23, 12:01 AM - Kofi: nice! I still live in Accra\n"
)


def told(text: str) -> list[tuple[str, str | None, str, int | None]]:
    found = chat_in(text, "a.txt")
    assert found is not None
    return [(t.speaker, t.role, found.text[t.start : t.end], t.stated) for t in found.turns]


def test_a_messenger_s_export() -> None:
    assert told(WHATSAPP) == [
        ("Zoe Park", None, "I moved to Busan\nand like it", parse("2023-03-13T21:15:00Z")),
        ("Kofi", None, "nice! I still live in Accra", parse("2023-03-14T00:01:00Z")),
    ]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        (
            "[2023-03-12, 21:15:22] Zoe: I moved\n[2023-03-12, 21:16:00] Lars: I hate it\n",
            [
                ("Zoe", "I moved", "2023-03-12T21:15:22Z"),
                ("Lars", "I hate it", "2023-03-12T21:16Z"),
            ],
        ),
        (
            "张伟 2024-05-01 10:00:00\n我搬到了杭州\n\n李娜 2024-05-01 10:01:00\n我还住在上海\n",
            [
                ("张伟", "我搬到了杭州", "2024-05-01T10:00Z"),
                ("李娜", "我还住在上海", "2024-05-01T10:01Z"),
            ],
        ),
        (
            "Date: 2024-06-03\n\n[09:00] <bo> I prefer tabs\n[09:01] <ann> Do you?\n",
            [("bo", "I prefer tabs", "2024-06-03T09:00Z"), ("ann", "Do you?", "2024-06-03T09:01Z")],
        ),
        (
            "Alice: Hi Bob, I moved.\nBob: And I left.\nAlice: I love it.\n",
            [("Alice", "Hi Bob, I moved.", None), ("Bob", "And I left.", None)]
            + [("Alice", "I love it.", None)],
        ),
    ],
)
def test_forms_of_chats(text: str, turns: list[tuple[str, str, str | None]]) -> None:
    expected = [(who, None, said, when and parse(when)) for who, said, when in turns]
    assert told(text) == expected


def test_dates_that_may_be_two_are_none_and_said_so() -> None:
    found = chat_in("03/04/23, 21:14 - Ann: I left\n03/04/23, 21:15 - Bo: Why?\n", "a.txt")
    assert found is not None
    assert [turn.stated for turn in found.turns] == [None, None]
    assert found.notes == (
        "a.txt: its dates may be read with the day or the month first; its turns are undated",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Driver: Bronagh Teale\nVolume: 6,140 litres\n",
        "Make: Opel\nYear: 2013\n\nMake: Fiat\nYear: 2014\n",
        "09:00 Opening: Dr. Reed\n10:00 Pumps: Ann Low\n",
        "2024-05-01 10:00:00 ERROR disk: I am full\n2024-05-01 10:00:01 INFO disk: you win\n",
        "# Notes\n\nAnn: Good morning.\nThen they left.\n",
        "",
    ],
)
def test_records_logs_and_prose_are_no_chats(text: str) -> None:
    assert chat_in(text, "a.txt") is None


def test_a_file_of_a_chat_is_episodes(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(WHATSAPP, "utf-8")
    [found] = read_documents(tmp_path / "chat.txt")
    assert found.semantic_type == "episode"
    assert found.text == WHATSAPP


def test_where_a_picture_was_left_out_nobody_said_so() -> None:
    told = (
        "12/31/23, 9:15 PM - Ann: I moved to Riga.\n12/31/23, 9:16 PM - Bo: <Media omitted>\n"
        "12/31/23, 9:17 PM - Bo: This message was deleted\n12/31/23, 9:18 PM - Bo: You did?\n"
    )
    found = chat_in(told, "a.txt")
    assert found is not None
    assert [found.text[t.start : t.end] for t in found.turns] == ["I moved to Riga.", "You did?"]
