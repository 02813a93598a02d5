"""Broken, hostile and enormous files: named with the way out, in bounded memory, and nothing of them is run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers import READ_TYPES, discover, read_documents
from memcubes.ingest.readers.archive import MAX_PARTS

from . import made
from .spans import exact


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A container with its parts changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return target


MAIN = {
    "report.docx": "word/document.xml",
    "staff.xlsx": "xl/worksheets/sheet1.xml",
    "plant.pptx": "ppt/slides/slide1.xml",
    "valves.epub": "OPS/one.xhtml",
}


@pytest.mark.parametrize("name", MAIN)
def test_a_bomb_is_refused_before_a_parser_holds_it(tmp_path: Path, name: str) -> None:
    source = made.ALL[name](tmp_path / name)
    path = tmp_path / f"bomb-{name}"

    def swell(part: str, data: bytes) -> bytes:
        return data + b" " * 70_000_000 if part == MAIN[name] else data

    repacked(source, path, swell)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(
        ReadError, match=rf"bomb-{name}: would unpack to more than (64|24),000,000 bytes"
    ):
        list(read_documents(path))


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    source = made.word(tmp_path / "a.docx")
    path = repacked(
        source,
        tmp_path / "b.docx",
        lambda part, data: data + b" " * 70_000_000 * (part == MAIN["report.docx"]),
    )
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(MAIN["report.docx"]).file_size
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    with pytest.raises(ReadError, match=r"b\.docx: "):
        list(read_documents(path))


def test_a_container_of_countless_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_PARTS + 1):
            archive.writestr(str(number), "")
    with pytest.raises(ReadError, match="has 20,001 parts"):
        list(read_documents(path))


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("name", MAIN)
def test_entities_are_refused(tmp_path: Path, name: str, entities: str, encoding: str) -> None:
    source = made.ALL[name](tmp_path / name)

    def expand(part: str, data: bytes) -> bytes:
        if part != MAIN[name]:
            return data
        text = data.decode().split("?>", 1)[-1]
        return f'<?xml version="1.0" encoding="{encoding}"?>{entities}{text}'.encode(encoding)

    path = repacked(source, tmp_path / f"evil-{name}", expand)
    with pytest.raises(ReadError, match=rf"evil-{name}: .* declares entities"):
        list(read_documents(path))


def test_markup_in_an_encoding_that_hides_its_entities(tmp_path: Path) -> None:
    source = made.word(tmp_path / "a.docx")

    def hide(part: str, data: bytes) -> bytes:
        if part != MAIN["report.docx"]:
            return data
        return b'<?xml version="1.0" encoding="cp037"?>' + OUTSIDE.encode("cp037")

    path = repacked(source, tmp_path / "b.docx", hide)
    with pytest.raises(ReadError, match=r"b\.docx: .* is in the encoding cp037"):
        list(read_documents(path))


def test_nothing_of_scripts_and_styles_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><head><title>T</title><style>secret{}</style><script>secret()</script></head><body "
        "onload='secret()'><p>Seen.</p><script src=x>secret</script><noscript>secret</noscript>"
        "<svg><script>secret</script></svg><template>secret</template><iframe srcdoc='<p>secret'>secret</iframe>"
        "<!-- secret --><a href='javascript:secret()'>Link</a><style>secret</style></body></html>",
        "utf-8",
    )
    [document] = read_documents(path)
    assert document.text == "Seen.\n\nLink"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.json", "a.html", "a.jinja"])
def test_binary_that_poses_as_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for data in (bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, b"ABC\0\1\2" * 30):
        path.write_bytes(data)
        with pytest.raises(ReadError, match=rf"{name}"):
            list(read_documents(path))


def test_deep_and_huge_json(tmp_path: Path) -> None:
    for name, text in {
        "deep.json": "[" * 200_000 + "]" * 200_000,
        "deeper.json": '{"a":' * 200_000 + "1" + "}" * 200_000,
        "number.json": '{"n": ' + "9" * 100_000 + "}",
        "string.json": json.dumps({"title": "t", "text": "x" * 9_000_000}),
        "line.jsonl": '{"text": "' + "x" * 6_000_000 + '"}',
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(ReadError, match=name):
            list(read_documents(tmp_path / name))


def test_an_enormous_text_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(
        ReadError, match=r"a\.txt: has 200,000,000 bytes, more than 32,000,000; split it"
    ):
        list(read_documents(path))


PEAK = """
import resource, sys
from pathlib import Path
from memcubes.ingest.document import ReadError
from memcubes.ingest.readers import read_documents
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = refused = 0
for name in sys.argv[1:]:
    try:
        count += sum(1 for _ in read_documents(Path(name)))
    except ReadError:
        refused += 1
print(count, refused, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_too_many_rows_are_refused_before_anything_is_made_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("memcubes.ingest.readers.table.MAX_ROWS", 100)
    rows = [{"no": n, "colour": "red"} for n in range(101)]
    lines = [json.dumps(row) for row in rows]
    text = "\n".join(lines) if name == "a.jsonl" else f"[{','.join(lines)}]"
    if name == "a.csv":
        text = "no,colour\n" + "".join(f"{n},red\n" for n in range(101))
    (tmp_path / name).write_text(text)
    with pytest.raises(ReadError, match="a table has 101 rows, more than 100; split it"):
        list(read_documents(tmp_path / name))


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A chat export of 50 MB in one line, a text of 200 MB, bombs: all in less than 500 MB."""
    one = {
        "title": "T",
        "current_node": "a",
        "mapping": {"a": {"parent": None, "children": [], "message": {
            "author": {"role": "user"}, "create_time": 1741930800.5,
            "content": {"content_type": "text", "parts": ["The pump failed in the night. " * 160]},
        }}},
    }  # fmt: skip
    line = json.dumps([{**one, "conversation_id": str(n)} for n in range(10_000)])
    assert len(line) > 50_000_000
    assert "\n" not in line
    (tmp_path / "conversations.json").write_text(line, "utf-8")
    (tmp_path / "values.json").write_text("[" + "{}," * 12_000_000 + "{}]", "utf-8")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)
    source = made.word(tmp_path / "a.docx")
    repacked(
        source,
        tmp_path / "bomb.docx",
        lambda part, data: data + b" " * 70_000_000 * (part == MAIN["report.docx"]),
    )
    files = [
        tmp_path / name for name in ("conversations.json", "values.json", "huge.txt", "bomb.docx")
    ]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, files)], check=True, capture_output=True, text=True
    )
    count, refused, peak = map(int, done.stdout.split())
    assert (count, refused) == (10_000, 3)
    assert peak < 500


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A whole file of each kind that a library makes."""
    folder = tmp_path_factory.mktemp("whole")
    return {name: make(folder / name).read_bytes() for name, make in made.ALL.items()}


SUFFIXES = sorted(READ_TYPES)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SUFFIXES), st.binary(max_size=200))
@example(".json", b'{"a": NaN}')
@example(".csv", b'"')
@example(".docx", b"PK\5\6" + b"\0" * 18)
@example(".pdf", b"%PDF-1.4\n%%EOF")
def test_random_bytes_are_refused_or_read_exactly(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    read_or_refused(path)


@pytest.mark.parametrize("name", made.ALL)
def test_damaged_files_are_refused_or_read_exactly(
    tmp_path: Path, whole: dict[str, bytes], name: str
) -> None:
    chance = random.Random(name)
    path = tmp_path / name
    for _ in range(25):
        data = bytearray(whole[name])
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(data))
            data[place : place + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
        path.write_bytes(bytes(data))
        read_or_refused(path)


@pytest.mark.parametrize("name", made.ALL)
@pytest.mark.parametrize(
    "suffix", [".txt", ".json", ".csv", ".docx", ".xlsx", ".pptx", ".epub", ".pdf", ".jpg"]
)
def test_files_under_a_wrong_suffix(
    tmp_path: Path, whole: dict[str, bytes], name: str, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(whole[name])
    read_or_refused(path)


def read_or_refused(path: Path) -> None:
    """Check that a file is read with exact spans, or refused by name."""
    assert discover(path) == [path]
    try:
        documents = list(read_documents(path))
    except ReadError as error:
        told = str(error)
    else:
        told = path.name
        for document in documents:
            exact(document)
    assert path.name in told
