"""Memory: every verb of memcubes as a method; CLI, GraphQL and MCP call these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..graph.belief import beliefs
from ..graph.change import Committed
from ..graph.decided import against
from ..graph.errors import Invalid
from ..graph.instant import now
from ..graph.kind import NodeKind, Verb
from ..graph.receipt import Use
from .audit import Audit
from .curation import Curation
from .encoding import Encoding
from .lifecycle import Keeping
from .matching import Matching
from .outcome import Outcome
from .reference import existing, written
from .restoring import Restoring
from .reviewing import Reviewing

if TYPE_CHECKING:
    from ..ingest.report import IngestReport, Progress
    from ..query.cube_filter import CubeFilter
    from ..query.hit import SearchResult
    from ..query.pattern import PatternResult
    from ..query.quote import Answer


class Memory(Curation, Restoring, Reviewing, Keeping, Encoding, Matching, Audit):
    """The memory of one namespace, as one user.

    >>> with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
    ...     kept = memory.remember("The valve RV-7 failed at 02:10.")
    ...     memory.search("When did RV-7 fail?").hits[0].cube.text
    'The valve RV-7 failed at 02:10.'

    Nothing is made before the first write. Errors are those of `memcubes.graph.errors`.
    """

    def ingest(
        self,
        *paths: str | Path,
        reinstate: bool = False,
        retract_gone: bool = False,
        progress: Callable[[Progress], None] | None = None,
        acknowledge: Callable[[Committed], None] | None = None,
        indexing: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Read files and folders into memory and bring the index up to date.

        What was read from one of the folders and is no longer there is told (`IngestReport.gone`) and stays in
        force, unless `retract_gone` takes it back.
        """
        from ..ingest.apart import Apart, Limits
        from ..ingest.item import nothing_readable
        from ..ingest.memreader import MemReader
        from ..ingest.worker import Workers, undisturbed

        if any(isinstance(path, str) and not path.strip() for path in paths):
            raise Invalid("a path is empty: name a file or a folder ('.' is the one you are in)")
        given = [Path(path).expanduser() for path in paths]
        if not given:
            raise Invalid("there is nothing to ingest: name a file or a folder")
        existing(given)
        processes = self.settings.processes
        limits = Limits(self.settings.reading_seconds, self.settings.reading_megabytes)
        with (
            Apart(limits) as apart,
            Workers(processes - 1 if processes else None) as workers,
            undisturbed(),
        ):
            if not self.exists():
                # nothing is made for files of which none can be read
                refused = nothing_readable(given, apart)
                if refused is not None:
                    return refused
            policies = self.policies()
            reader = MemReader(
                self.store(writing=True),
                self.namespace,
                policies=policies,
                acknowledge=acknowledge,
                extractors=self.extractors,
                workers=workers,
                apart=apart,
            )
            report = reader.ingest(
                given, reinstate=reinstate, retract_gone=retract_gone, progress=progress
            )
            report.notes += filter(None, [self.extractors.cost()])
            if report.changes or report.unchanged:
                # an ingest that was killed before this may have left everything committed
                elsewhere = workers.encode if workers.started else None
                self.retrieval.refresh(indexing, elsewhere)
            if report.changes:
                report.notes += self.retrieval.lacking(report.languages)
        return report

    def reread(
        self,
        *,
        progress: Callable[[Progress], None] | None = None,
        indexing: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Read every source again from the text that is kept, where extractor or policy are others by now.

        All sources change at once, so that no answer rests on two extractors; each by a change of its own.
        """
        from ..ingest.rereading import Rereader

        reader = Rereader(
            self.store(), self.namespace, policies=self.policies(), extractors=self.extractors
        )
        report = reader.reread(progress)
        report.notes += filter(None, [self.extractors.cost()])
        if report.changes:
            self.retrieval.refresh(indexing)
        return report

    def remember(
        self,
        statement: str,
        *,
        speaker: str | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Outcome:
        """Keep one statement, said now, by the user or somebody named."""
        from ..graph.digest import new_node_id
        from ..ingest.statement import read_statement, statement_change

        if not written(statement, "a statement").strip():
            raise Invalid("there is nothing to remember: the statement is empty")
        store = self.store(writing=True)
        uri = f"statement:{key or new_node_id()}"
        who = speaker or self.settings.user
        reading = read_statement(
            statement, uri, speaker=who, stated=now(), extractors=self.extractors
        )
        change, cube = statement_change(
            store,
            self.namespace,
            reading,
            reason=reason or "remembered",
            request={"remember": statement, "speaker": who} if key else None,
            idempotency=key,
        )
        source = store.name(self.namespace, NodeKind.SOURCE, uri).id
        done = self._done(change, source)
        notes = list(self._despite(change.note.get("despite", ())))
        if reading.unread:
            why = next(one.failed for one in reading.extractions if one.failed)
            notes.append(f"kept without names and facts: {why}")
        return replace(done, cube=cube, notes=(*notes, *filter(None, [self.extractors.cost()])))

    def _despite(self, facts: Sequence[str]) -> tuple[str, ...]:
        """Say of facts that were retracted by themselves that they are believed again."""
        if not facts:
            return ()
        scope = self.scope()
        decisions = against(self.store(), scope)
        every = sorted({one for fact in facts for one in decisions[fact]})
        began = {v.node: v.from_seq for v in self.store().get(scope, every)}
        since = {fact: max(began[one] for one in decisions[fact]) for fact in facts}
        held = beliefs(self.store(), scope, facts)
        return tuple(
            f"'{held[fact].words}' was retracted at @{since[fact]} and is stated again by this: "
            f"`memcubes retract {fact}` takes it back once more"
            for fact in facts
        )

    @overload
    def search(
        self,
        question: str | None = None,
        *,
        where: CubeFilter | Mapping[str, Any] | None = None,
        limit: int = 10,
        after: str | None = None,
        order: str | None = None,
        facets: Sequence[str] = (),
        values: int = 20,
        ranking: str = "graph",
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        archived: bool = False,
        namespaces: Sequence[str] = (),
    ) -> SearchResult: ...

    @overload
    def search(
        self,
        *,
        pattern: object,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        archived: bool = False,
    ) -> PatternResult: ...

    def search(
        self,
        question: str | None = None,
        *,
        pattern: object = None,
        where: CubeFilter | Mapping[str, Any] | None = None,
        limit: int = 10,
        after: str | None = None,
        order: str | None = None,
        facets: Sequence[str] = (),
        values: int = 20,
        ranking: str = "graph",
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        archived: bool = False,
        namespaces: Sequence[str] = (),
    ) -> SearchResult | PatternResult:
        """Find cubes, and say of each why it was found; leaves no receipt.

        Without a question those that meet the filter `where` (docs/tags.md), the newest first if no `order`
        is named. `after` is the cursor of the page before (`SearchResult.after`), `facets` name what is
        counted over the filter. With a `pattern` instead, a plan in the language of `docs/patterns.md`, its rows.
        With `archived`, those that were archived, expired or never activated are found as well. With `namespaces`
        these are searched as one graph in place of this one (docs/retrieval.md).
        """
        from ..query.cursor import Pins
        from .filtering import filter_of
        from .joining import only_question, several

        names = several(namespaces) if namespaces else (self.namespace,)
        if len(names) > 1:
            only_question(
                question, pattern=pattern, order=order, facets=tuple(facets), without=tuple(without)
            )
            return self._search_together(
                names,
                written(question, "a question"),
                where=where,
                limit=limit,
                after=after,
                ranking=ranking,
                as_of=as_of,
                valid_at=valid_at,
                archived=archived,
            )
        filtered = (where, after, order) != (None, None, None) or bool(facets)
        if pattern is not None and (question is not None or filtered):
            raise Invalid(
                "a search has a question and a filter, or a pattern: leave one of them out"
            )
        if pattern is None and (question is not None or not filtered):
            written(question, "a question")
        (ns,) = names
        scope = self.scope(as_of, valid_at, without, namespace=ns).but(archived=archived)
        if pattern is not None:
            return self.matched(scope, pattern)
        found = self._retrieval_of(ns).operator.search(
            scope,
            question,
            where=filter_of(where, partial(self._source, scope)),
            limit=limit,
            after=after,
            order=order,
            pinned=Pins(as_of is not None, valid_at is not None),
            facets=facets,
            values=values,
            ranking=ranking,
        )
        if question is not None:
            self.usage.note(ns, [hit.cube.node for hit in found.hits])
        return found

    def _search_together(
        self,
        namespaces: Sequence[str],
        question: str,
        *,
        where: CubeFilter | Mapping[str, Any] | None,
        as_of: str | int | None,
        valid_at: str | int | None,
        archived: bool,
        **options: Any,
    ) -> SearchResult:
        """Search several namespaces as one graph."""
        from ..query.cursor import Pins
        from .filtering import filter_of
        from .joining import scopes_of, wheres_of

        scopes = [
            scope.but(archived=archived)
            for scope in scopes_of(self.store(), namespaces, as_of, valid_at)
        ]
        found = self.joints.search(
            scopes,
            question,
            wheres=wheres_of(scopes, partial(filter_of, where), self._source),
            pinned=Pins(as_of is not None, valid_at is not None),
            **options,
        )
        for ns in namespaces:
            self.usage.note(ns, [hit.cube.node for hit in found.hits if hit.namespace == ns])
        return found

    def search_many(
        self,
        questions: Sequence[str],
        *,
        where: CubeFilter | Mapping[str, Any] | None = None,
        limit: int = 10,
        ranking: str = "graph",
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        archived: bool = False,
    ) -> list[SearchResult]:
        """What `search` finds for each of many questions in one snapshot, at less than the price of each."""
        from .filtering import filter_of

        asked = [written(question, "a question") for question in questions]
        scope = self.scope(as_of, valid_at, without).but(archived=archived)
        found = self.retrieval.operator.search_many(
            scope,
            asked,
            where=filter_of(where, partial(self._source, scope)),
            limit=limit,
            ranking=ranking,
        )
        nodes = [hit.cube.node for result in found for hit in result.hits]
        self.usage.note(self.namespace, nodes)
        return found

    def ask(
        self,
        question: str,
        *,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        receipt_wanted: bool = True,
        check_sources: bool = True,
    ) -> Answer:
        """Answer from evidence, without a model; the receipt is committed before the answer is given."""
        scope = self.scope(as_of, valid_at, without)
        written(question, "a question")
        while True:
            retrieval = self.retrieval
            answer = retrieval.answerer.ask(scope, question, check_sources=check_sources)
            if retrieval.current():
                break  # else the encoder was changed meanwhile, and vectors may have been missing
        answer = replace(answer, past=(as_of, valid_at, tuple(without)) != (None, None, ()))
        self.usage.note(self.namespace, [quote.cube.node for quote in answer.quotes])
        if not receipt_wanted or not answer.quotes:
            return answer
        uses = [Use(quote.cube, (quote.span,)) for quote in answer.quotes]
        about = {"form": "evidence", "viewer": self.settings.user}
        node, note = self._give_out(Verb.ASK, question, answer.as_text(), uses, about, scope)
        return answer.with_receipt(node, note)
