"""A desk: random sources taken in and curated by the product's own verbs, and the snapshot of what is known.

A source is a value (what it says, when, with which authority), so that two histories can take in the same
sources in another order. No language is read: extractions are made up, the way from there is the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from memcubes.graph import Authority, ChangeSet, GuardedStore, NodeKind
from memcubes.graph.belief import beliefs
from memcubes.graph.change import Committed
from memcubes.graph.curator import Curator
from memcubes.graph.decided import decided_against, enforcing
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.instant import OPEN
from memcubes.graph.kind import EdgeKind, Verb
from memcubes.graph.lifecycle import Lifecycle, Move
from memcubes.graph.listing import all_edges, all_found
from memcubes.graph.merging import Merging
from memcubes.graph.restoration import restoration
from memcubes.graph.scope import Along, Scope, Where
from memcubes.graph.snapshot import Snapshot, snapshot
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine
from memcubes.graph.verify import verify
from memcubes.ingest.difference import difference, held_records, reinstated
from memcubes.ingest.document import Document
from memcubes.ingest.draft import Reading, drafted
from memcubes.ingest.extraction import Claim, Extraction, Mention, normalise
from memcubes.ingest.passage import Passage
from memcubes.ingest.statement import revision

NS = "default"
SUBJECTS = ("Valve", "Pump", "Ann", "Jordan", "J. Jordan", "River Jordan")
RELATIONS = ("fail at", "cost")
OBJECTS = ("02:10", "07:40", "09:00", "40 crowns", "Brno")


@dataclass(frozen=True)
class Line:
    """One passage: a subject, what is said of it, and whether that takes something else back."""

    subject: str
    relation: str
    object: str
    negated: bool = False
    correction: bool = False
    instead_of: str | None = None

    @property
    def text(self) -> str:
        """The passage in words."""
        denied = "not " if self.negated else ""
        taken = f", not {self.instead_of}" if self.instead_of else ""
        actually = "Actually, " if self.correction else ""
        return f"{actually}{self.subject} {denied}{self.relation} {self.object}{taken}."


@dataclass(frozen=True)
class Said:
    """One source as a value."""

    uri: str
    lines: tuple[Line, ...]
    stated: int | None
    authority: Authority = Authority.EXTRACTED

    def reading(self) -> Reading:
        """The source as a reader hands it on."""
        passages, found = list[Passage](), list[Extraction]()
        at, seen = 0, dict[str, int]()
        for line in self.lines:
            text = line.text
            end = at + len(text)
            nth = seen[text] = seen.get(text, -1) + 1
            passages.append(
                Passage(
                    text=text,
                    start=at,
                    end=end,
                    occurrence=nth,
                    sentences=((0, len(text)),),
                    title=None,
                    heading=None,
                    speaker=None,
                    role=None,
                    stated=self.stated,
                    ordinal=len(passages),
                )
            )
            start = text.index(line.subject)
            mention = Mention(line.subject, "NAME", ((start, start + len(line.subject)),))
            claim = Claim(
                line.subject,
                line.relation,
                line.object,
                line.negated,
                (0, len(text)),
                line.correction,
                line.instead_of,
            )
            found.append(Extraction("en", line.subject, (mention,), (claim,)))
            at = end + 1
        text = "\n".join(line.text for line in self.lines)
        document = Document(self.uri, self.uri, text, "text/plain", "en", self.stated)
        return Reading(
            document, "en", "made-up@1", tuple(passages), tuple(found), authority=self.authority
        )


def any_line(rng: Random) -> Line:
    """A passage; one in three is a correction."""
    correction = rng.random() < 0.35
    return Line(
        rng.choice(SUBJECTS),
        rng.choice(RELATIONS),
        rng.choice(OBJECTS),
        rng.random() < 0.15,
        correction,
        rng.choice(OBJECTS) if correction and rng.random() < 0.6 else None,
    )


def any_source(rng: Random, uri: str) -> Said:
    """A source of one to four passages, dated or not."""
    lines = tuple(any_line(rng) for _ in range(rng.choice((1, 2, 2, 3, 4))))
    stated = rng.choice((None, 10, 20, 20, 30))
    return Said(uri, lines, stated, rng.choice(READ))


READ = (Authority.INFERRED, Authority.EXTRACTED, Authority.ASSERTED)
"""What a source may weigh; the highest is a person's who corrects one."""


class Desk:
    """One store, written through the verbs; `ann` owns it."""

    def __init__(self, make: Callable[[], Engine] = lambda: SqliteStore(None)) -> None:
        self.engine = make()
        self.store = GuardedStore(self.engine, "ann")
        self.store.commit(ChangeSet(ns=NS, verb="begin", ops=()))
        self.index = GraphIndex(self.store, load_encoder("hashing"))
        self.curator = Curator(self.store, NS)
        self.deciding = Merging(self.curator)

    def close(self) -> None:
        """Let go of the store."""
        self.index.close()
        self.engine.close()

    @property
    def scope(self) -> Scope:
        """Now."""
        return self.store.scope(NS)

    def snapshot(self, seq: int | None = None) -> Snapshot:
        """Everything that is known, the index included."""
        return snapshot(self.store, "ann", seq, namespace=NS, index=self.index)

    def commit(self, change: ChangeSet) -> Committed:
        """Commit one change, and let the index follow it."""
        done = self.store.commit(change)[0]
        self.index.view(self.scope)
        return done

    def ingest(self, said: Said) -> Committed:
        """Take a source in, or again after an edit; one that was withdrawn comes back with it."""
        draft = drafted(self.store, NS, said.reading(), 99)
        scope = self.scope
        decided = decided_against(self.store, scope)
        past = self.store.history(scope, draft.source.id)
        until = past[-1].to_seq if past else OPEN
        held = held_records(self.store, scope, draft.source.id, decided, until)
        found = difference(draft, held, decided)
        if until != OPEN:
            found = reinstated(found, held)
        change = ChangeSet(ns=NS, verb=Verb.INGEST, ops=found.operations())
        done = self.store.commit(change, *enforcing(NS, found.begun, decided))
        self.index.view(self.scope)
        return done[-1]

    def source(self, uri: str) -> str:
        """The node of a source."""
        return self.store.name(NS, NodeKind.SOURCE, uri).id

    def entity(self, name: str) -> str:
        """The node of a name."""
        return self.store.name(NS, NodeKind.ENTITY, normalise(name)).id

    def there(self, *names: str) -> list[str]:
        """The nodes of those names that anything in force mentions."""
        nodes = [self.entity(name) for name in names]
        alive = {version.node for version in self.store.get(self.scope, nodes)}
        return [node for node in nodes if node in alive]

    def cubes(self, uri: str) -> list[str]:
        """The passages of a source that are in force, in order of their texts."""
        where = Where(kinds=(NodeKind.MEMCUBE,), origins=(self.source(uri),))
        found = sorted(all_found(self.store, self.scope, where), key=lambda v: (v.text, v.node))
        return [version.node for version in found]

    def mentioning(self, name: str, uri: str = "") -> list[str]:
        """The passages that mention a name, of one source or of any."""
        along = Along(
            kinds=(EdgeKind.MENTIONS,),
            dst=(self.entity(name),),
            origins=(self.source(uri),) if uri else None,
        )
        found = sorted({edge.src for edge in all_edges(self.store, self.scope, along)})
        texts = {version.node: version.text for version in self.store.get(self.scope, found)}
        return sorted(found, key=lambda node: (texts[node], node))

    def facts(self, uri: str) -> list[str]:
        """The facts that a source states, in order of their words."""
        along = Along(kinds=(EdgeKind.SUPPORTS,), origins=(self.source(uri),))
        nodes = sorted({edge.dst for edge in all_edges(self.store, self.scope, along)})
        held = beliefs(self.store, self.scope, nodes)
        return sorted(nodes, key=lambda node: held[node].words.casefold())

    def retract(self, node: str) -> Committed:
        """Withdraw a source, a passage or a fact."""
        return self.commit(self.curator.retraction(self.scope, node, "wrong"))

    def revert(self, done: Committed | int) -> Committed:
        """Undo a change."""
        seq = done if isinstance(done, int) else done.seq
        return self.commit(self.curator.reversal(self.scope, seq, "undo"))

    def merge(self, *names: str) -> Committed:
        """Say that names mean one thing."""
        nodes = [self.entity(name) for name in names]
        return self.commit(self.deciding.merging(self.scope, nodes, "same"))

    def distinguish(self, *names: str) -> Committed:
        """Say that names do not mean one thing."""
        nodes = [self.entity(name) for name in names]
        return self.commit(self.deciding.distinguishing(self.scope, nodes, "not the same"))

    def split(self, name: str, cubes: Sequence[str], called: str = "") -> Committed:
        """Say that in some passages a name means something else."""
        change = self.deciding.splitting(
            self.scope, self.entity(name), cubes, "another", name=called
        )
        return self.commit(change)

    def move(self, cube: str, to: Move) -> Committed:
        """Move a passage to another state."""
        return self.commit(Lifecycle(self.store, NS).transition(self.scope, cube, to))

    def revise(self, cube: str, line: Line) -> Committed:
        """Give a passage another wording by hand."""
        return self.commit(revision(self.store, self.scope, cube, line.text, "said better"))

    def restore(self, seq: int, node: str | None = None) -> Committed:
        """Go back to a sequence, with one node or with everything."""
        return self.commit(restoration(self.store, self.scope, seq, node)[0])

    def proven(self) -> None:
        """The log holds."""
        report = verify(self.engine)
        assert report.ok, report.findings


def same(one: Snapshot, other: Snapshot) -> None:
    """Fail with what differs."""
    difference = one.difference(other)
    assert not difference, difference
