"""Gone: sources in force whose file, or whose record in a file, is no longer there.

A file that vanishes takes nothing back by itself: a disk may be missing, a folder renamed. It is told, with
what takes it back, and retracted only where somebody asked for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ..graph.change import Committed
from ..graph.curator import Curator
from ..graph.errors import Invalid, Refused
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.record import Version
from ..graph.scope import Scope, Where
from ..graph.store import GraphStore
from .readers.folder import place_of
from .report import Gone, IngestReport


def gone_from(
    store: GraphStore, scope: Scope, folders: Sequence[Path], read: Iterable[str]
) -> list[Gone]:
    """The sources below folders whose files are gone, and those of files that no longer hold them.

    `read` are the uris of all documents that the files hold now. Sources of these folders, and of files of
    several records, are looked at, and no others.
    """
    held = set(read)
    places = {place for place, mark, _ in (uri.partition("#") for uri in held) if mark}
    roots = [place_of(folder.resolve()).rstrip("/") + "/" for folder in folders]
    if not (places or roots):
        return []
    found = [
        Gone(version.node, str(version.get("name", "")), uri)
        for version, uri in _sources(store, scope, (*roots, *sorted(places)))
        if uri not in held and _missing(uri, roots, places)
    ]
    return sorted(found, key=lambda one: one.uri)


def take_back(
    store: GraphStore,
    scope: Scope,
    report: IngestReport,
    acknowledge: Callable[[Committed], None],
) -> None:
    """Retract what a report says is gone, each source by a change of its own; what a hold refuses is told."""
    curator = Curator(store, scope.ns)
    for one in report.gone:
        change = curator.retraction(scope, one.source, f"{one.name} is gone")
        try:
            [committed] = store.commit(change)
        except (Invalid, Refused) as error:
            report.failed.append((one.name, str(error)))
            continue
        report.changes.append(committed)
        report.retracted.append(one.name)
        acknowledge(committed)


def _sources(
    store: GraphStore, scope: Scope, under: Sequence[str]
) -> Iterator[tuple[Version, str]]:
    for version in all_found(store, scope, Where(kinds=(NodeKind.SOURCE,), under=tuple(under))):
        uri = version.get("uri")
        if isinstance(uri, str):
            yield version, uri


def _missing(uri: str, roots: Sequence[str], places: set[str]) -> bool:
    place, _, _ = uri.partition("#")
    if place in places:
        return True  # the file was read, and this is not in it
    return any(place.startswith(root) for root in roots) and not _there(place)


def _there(place: str) -> bool:
    """Whether there is a file at a place as uris write it."""
    for path in (Path(place), Path(place.replace("%23", "#"))):
        if path.exists() or path.is_symlink():
            return True
    if "\\" not in place:
        return False
    # bytes and line ends of a name are written as escapes, which another name may hold as they are
    folder = Path(place).parent
    return folder.is_dir() and any(place_of(one) == place for one in folder.iterdir())
