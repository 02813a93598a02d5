"""Intake: texts and files that a client hands in, read by the same readers as everything else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import strawberry

from ...graph.errors import Invalid, Unreadable
from ...graph.retention import Policy
from ...graph.store import GraphStore
from ...ingest.apart import Apart
from ...ingest.extraction import Extractors
from ...ingest.memreader import MemReader
from ...ingest.readers import READ_TYPES, discover, skipped
from ...ingest.report import IngestReport
from .change_set import ChangeSet, change_of
from .filter import given
from .reading import Reading
from .service import Service

MOST_TEXTS = 100
"""An ingest takes at most this many texts, and as many paths."""

INLINE = "inline:/"
"""What the uri of a text that was handed in begins with."""


@strawberry.input
class TextInput:
    """A text under a name, whose ending tells the reader (.md, .html, .json, .csv, .srt, .ttl, .rst and so on); else as text."""

    name: str
    text: str


@strawberry.input
class IngestInput:
    """What to take in: texts, and paths inside the folder that the server was started with, if any."""

    namespace: str
    texts: list[TextInput] | None = strawberry.UNSET
    paths: list[str] | None = strawberry.UNSET
    reinstate: bool | None = False
    retract_gone: bool | None = False


@strawberry.type
class Gone:
    """A source in force whose file, or whose record in a file, is no longer there; `retract` takes it back."""

    name: str
    source: strawberry.ID


@strawberry.type
class NotTaken:
    """A text or file that was not taken in, and why."""

    name: str
    reason: str


@strawberry.type
class IngestResult:
    """What was taken in, by name; what was there already in the same words is `unchanged`."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    failed: list[NotTaken]
    skipped: list[NotTaken]
    gone: list[Gone]
    retracted: list[str]
    notes: list[str]
    cubes: int
    changes: list[ChangeSet]


class Handed(MemReader):
    """Reads texts and files from one folder that holds nothing else, or that nothing may lead out of."""

    def __init__(
        self,
        store: GraphStore,
        ns: str,
        inside: Path,
        names: dict[str, str],
        policies: Mapping[str, Policy],
        extractors: Extractors,
        apart: Apart,
    ) -> None:
        super().__init__(store, ns, policies=policies, extractors=extractors, apart=apart)
        self.inside = inside
        self.names = names

    def items(self, paths: Sequence[Path], report: IngestReport) -> Iterator[Any]:
        """The documents, each under the name that the client knows it by."""
        for item in super().items(paths, report):
            place, mark, record = item.document.uri.partition("#")
            if not Path(place).is_relative_to(self.inside):
                report.failed.append((item.name, _outside(item.name)))
                continue
            name = self.names.get(place)
            if name is None:
                yield item
                continue
            uri = INLINE + name + mark + record
            yield replace(item, document=replace(item.document, uri=uri), name=name + mark + record)


async def ingested(reading: Reading, asked: IngestInput) -> IngestResult:
    """Take in what was handed over; what cannot be read is named, and the rest goes on."""
    service = reading.service

    def work() -> IngestResult:
        texts, paths = list(given(asked.texts) or ()), list(given(asked.paths) or ())
        if not texts and not paths:
            raise Invalid("there is nothing to ingest: give texts or paths")
        if max(len(texts), len(paths)) > MOST_TEXTS:
            raise Invalid(
                f"an ingest takes at most {MOST_TEXTS} texts or paths: send them in parts"
            )
        named = [_name(text.name) for text in texts]
        if len(set(named)) != len(named):
            raise Invalid("two texts have the same name: each is a source of its own")
        files = _allowed(service, paths)
        reports = []
        with service.writing:
            if texts:
                reports.append(_texts(service, asked, named))
            if paths and service.folder is not None:
                inside = service.folder
                places = [place for place in map(inside.joinpath, paths) if place.is_dir()]
                reports.append(_read(service, asked, files, inside, {}, places))
        return _result(service, asked.namespace, reports)

    return await reading.waves.run(work)


def _name(name: str) -> str:
    """A name that can stand in a uri; raises `Invalid`."""
    cleaned = name.strip()
    parts = cleaned.split("/")
    wrong = any(part in ("", ".", "..") for part in parts) or "#" in cleaned or "\\" in cleaned
    if wrong or not cleaned.isprintable() or len(cleaned) > 200:
        raise Invalid(
            f"'{cleaned[:40]}' cannot name a text: use up to 200 printable characters, such as "
            "notes/minutes.md, without '..', '#' or an empty part"
        )
    return cleaned


def _texts(service: Service, asked: IngestInput, named: Sequence[str]) -> IngestReport:
    """Read texts through files of their own in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="memcubes-") as made:
        folder = Path(made).resolve()
        names: dict[str, str] = {}
        for number, (name, text) in enumerate(zip(named, given(asked.texts) or (), strict=True)):
            suffix = Path(name).suffix.lower()
            reader = READ_TYPES.get(suffix)
            taken = reader is not None and reader.handed
            # the name of a table says what its keys are keys of
            leaf = f"{Path(name).stem[:40]}{suffix if taken else '.txt'}"
            place = folder / f"{number:03}" / leaf
            place.parent.mkdir()
            try:
                place.write_bytes(text.text.encode())
            except UnicodeEncodeError:
                raise Invalid(f"{name}: half a surrogate pair; write the whole character") from None
            names[place.as_posix()] = name
        files = [Path(place) for place in names]
        report = _read(service, asked, files, folder, names)
    for written, name in names.items():
        report.failed = [
            (_told(n, written, name), _told(why, written, name)) for n, why in report.failed
        ]
        report.skipped = [
            (_told(n, written, name), _told(w, written, name)) for n, w in report.skipped
        ]
    return report


def _told(text: str, place: str, name: str) -> str:
    return text.replace(place, name)


def _allowed(service: Service, paths: Sequence[str]) -> list[Path]:
    """The files that paths mean; `Invalid` as soon as one leads out of the folder, whatever is there."""
    if paths and service.folder is None:
        raise Invalid(
            "this server takes in no files: start it with `memcubes serve --folder DIR`, or hand in texts"
        )
    files: list[Path] = []
    for path in paths:
        assert service.folder is not None
        place = (service.folder / path).resolve() if "\0" not in path else Path("/")
        if not place.is_relative_to(service.folder):
            raise Invalid(_outside(path))
        if not place.exists():
            raise Invalid(
                f"'{path}': no such file or folder in the server's folder; check the path"
            )
        try:
            found = discover(place)
            left = [one.path for one in skipped(place) if one.path.is_file()]
        except Unreadable as error:
            raise Invalid(str(error)) from None
        for file in (*found, *left):
            if not file.resolve().is_relative_to(service.folder):
                raise Invalid(_outside(file.relative_to(service.folder).as_posix()))
        files += found
    return files


def _outside(name: str) -> str:
    return f"'{name[:200]}' is not inside the folder that this server takes files from: nothing was read"


def _read(
    service: Service,
    asked: IngestInput,
    files: Sequence[Path],
    inside: Path,
    names: dict[str, str],
    folders: Sequence[Path] = (),
) -> IngestReport:
    from ...graph.errors import MemcubesError
    from .service import LOG

    desk = service.desk(asked.namespace)
    reader = Handed(
        service.store(writing=True),
        asked.namespace,
        inside,
        names,
        desk.policies(),
        desk.extractors,
        service.apart,
    )
    report = reader.ingest(
        files,
        reinstate=bool(asked.reinstate),
        retract_gone=bool(asked.retract_gone),
        folders=folders,
    )
    report.notes += filter(None, [desk.extractors.cost()])
    if report.changes:
        try:
            with desk.lock:
                desk.retrieval.refresh()
                report.notes += desk.retrieval.lacking(report.languages)
        except MemcubesError as error:
            LOG.warning("what was ingested is committed, and the index is behind: %s", error)
    return report


def _result(service: Service, namespace: str, reports: Sequence[IngestReport]) -> IngestResult:
    changes = [change for report in reports for change in report.changes]
    scope = service.store().scope(namespace) if changes else None
    return IngestResult(
        added=[name for report in reports for name in report.added],
        changed=[name for report in reports for name in report.changed],
        unchanged=[name for report in reports for name in report.unchanged],
        failed=[NotTaken(name=n, reason=why) for report in reports for n, why in report.failed],
        skipped=[NotTaken(name=n, reason=why) for report in reports for n, why in report.skipped],
        gone=[
            Gone(name=one.name, source=strawberry.ID(one.source))
            for report in reports
            for one in report.gone
        ],
        retracted=[name for report in reports for name in report.retracted],
        notes=[note for report in reports for note in report.notes],
        cubes=sum(report.cubes for report in reports),
        changes=[change_of(scope, change) for change in changes] if scope else [],
    )
