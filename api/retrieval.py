"""Retrieval: joins a store with the index, the operator and the answerer of one namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..graph.errors import Invalid, ModelMissing
from ..graph.guard import GuardedStore
from ..graph.index.analyser import Analyser
from ..graph.index.derivation import SCALE, sentences, unpack_vectors
from ..graph.index.encoder import Encoder, Vectors
from ..graph.index.encoders import load_encoder
from ..graph.index.excerpt import Excerpts
from ..graph.index.graph_index import GraphIndex
from ..graph.index.indexer import Elsewhere
from ..graph.index.nearness import EXACT
from ..graph.kind import NodeKind
from ..graph.opening import beside
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..query.answer import Answerer
from ..query.delegate import Delegate
from ..query.memoperator import MemOperator
from ..query.wording import rarity


def described(encoder: str) -> dict[str, str]:
    """What a namespace records when it is made, so that it never follows what happens to be installed.

    >>> described("hashing")["encoder"]
    'hashing'
    """
    return {
        "encoder": encoder,
        "encoder_fingerprint": load_encoder(encoder).fingerprint,
        "analyser": Analyser().fingerprint,
    }


def recorded_encoder(store: GuardedStore, ns: str) -> Encoder:
    """The encoder that a namespace was made with; `ModelMissing` where another one is installed."""
    scope = store.scope(ns)
    home = store.get(scope, [store.name(ns, NodeKind.NAMESPACE, ns).id])
    name = str(home[0].get("encoder", "use")) if home else "use"
    encoder = load_encoder(name)
    wanted = home[0].get("encoder_fingerprint") if home else None
    if wanted is not None and wanted != encoder.fingerprint:
        raise ModelMissing(
            f"namespace '{ns}' was made with the encoder {wanted}, and {encoder.fingerprint} is "
            "installed: install that version, or encode the kept texts anew by `memcubes models use "
            f"{name}`"
        )
    return encoder


def encoded(store: GuardedStore, encoder: Encoder, exact: int = EXACT) -> GraphIndex:
    """The index of a store with an encoder, kept beside the store."""
    return GraphIndex(store, encoder, Analyser(), folder=beside(store.url, "index"), exact=exact)


_LEAST = {"use": 0.35, "minilm": 0.35, "hashing": 0.35, "e5": 0.85}
"""Closeness of a sentence to a question below which an encoder says nothing: thresholds are its own
(unrelated pairs stand near .05 with use and minilm, near .75 with e5)."""


class Asking:
    """An encoder that remembers the last questions: one answer asks the same words several times."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.languages = encoder.languages
        self.tokens_limit = encoder.tokens_limit
        self.encode_passages = encoder.encode_passages
        self._encoder = encoder
        self._one = lru_cache(maxsize=512)(self._encoded)

    def _encoded(self, text: str) -> Vectors:
        row: Vectors = self._encoder.encode_questions([text])[0]
        return row

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; each text is encoded by itself, and once."""
        rows = [self._one(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)


class Retrieval:
    """The index and what asks it, for one namespace; made once a process and shared."""

    def __init__(
        self,
        store: GuardedStore,
        ns: str,
        exact: int = EXACT,
        *,
        pushdown: bool = False,
        delegated: bool = True,
    ) -> None:
        self._store = store
        self._ns = ns
        self.encoder = recorded_encoder(store, ns)
        self.analyser = Analyser()
        self.index = encoded(store, self.encoder, exact)
        self._checked = store.head().seq
        self._asking = Asking(self.encoder)
        self._excerpts = self._pushed(store) if pushdown else None
        self._delegate = Delegate(self._excerpts.engine) if self._excerpts and delegated else None
        self.operator, self.answerer = self._joined(store, self.index)

    def over(self, tried: GraphStore) -> tuple[MemOperator, Answerer]:
        """What asks the store in which a change is only tried, without anything of it being kept."""
        return self._joined(tried, self.index.over(tried, self._ns))

    def _joined(self, store: GraphStore, index: GraphIndex) -> tuple[MemOperator, Answerer]:
        asking = self._asking
        excerpts = self._excerpts if store is self._store else None
        operator = MemOperator(store, index, asking, excerpts=excerpts, delegate=self._delegate)
        return operator, Answerer(
            store,
            lambda scope, question, limit: operator.search(scope, question, limit=limit),
            self.analyser,
            lambda question: asking.encode_questions([question])[0],
            partial(self._sentence_vectors, store),
            least=_LEAST.get(self.encoder.name, 0.5),
        )

    def _pushed(self, store: GuardedStore) -> Excerpts:
        """What comes back of the engine's own searches, for graphs that do not fit into memory."""
        if store.pushdown is None:
            raise Invalid(
                f"{store.url} searches nothing by itself: unset MEMCUBES_PUSHDOWN, or open a store in Neo4j"
            )
        return Excerpts(store, store.pushdown, self._asking, self.analyser)

    def current(self) -> bool:
        """Whether the namespace is still searched with this encoder; asked once for each new head."""
        head = self._store.head().seq
        if head != self._checked:
            home = self._store.name(self._ns, NodeKind.NAMESPACE, self._ns).id
            for version in self._store.together(
                self._ns, lambda: self._store.get(self._store.scope(self._ns), [home])
            ):
                if version.get("encoder_fingerprint", self.encoder.fingerprint) != (
                    self.encoder.fingerprint
                ):
                    return False
            self._checked = head
        return True

    def refresh(
        self,
        progress: Callable[[int, int], None] | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """Bring derived data and index up to the head; without an index, what the engine searches."""
        if self._excerpts is not None:
            self.index.indexer.run(self._ns, progress, elsewhere)
        else:
            self.index.refresh(self._ns, progress, elsewhere)

    def lacking(self, languages: Sequence[str]) -> list[str]:
        """Say which of these languages the namespace's encoder was not trained on."""
        known = self.encoder.languages
        return [
            f"language '{language}': the encoder '{self.encoder.name}' was not trained on it, "
            "so search there rests on words and names"
            for language in sorted(set(languages))
            if known is not None and language not in known and language != "und"
        ]

    def _sentence_vectors(
        self, store: GraphStore, scope: Scope, cubes: Sequence[Version]
    ) -> Mapping[str, Any]:
        """The unit vectors of the sentences of cubes, by record id, as the indexer derived them."""
        ids = [cube.id for cube in cubes]
        found = store.derived(scope.ns, self.encoder.fingerprint, ids)
        vectors = {}
        for record, data in found.items():
            rows = unpack_vectors(data).astype("float32") / SCALE
            vectors[record] = rows if len(rows) == 1 else rows[1:]
        return vectors

    def relevances(
        self, scope: Scope, question: str, cubes: Sequence[Version]
    ) -> dict[str, list[tuple[int, int, float]]]:
        """For each cube its sentences with what they have of a question, from 0 to 1; those that have nothing are left out.

        Half goes by how close they are to it, half by the share of its words that they hold, the rare ones more.
        """
        asked = self._asking.encode_questions([question])[0]
        vectors = self._sentence_vectors(self._store, scope, cubes)
        held: dict[str, list[tuple[int, int, float, frozenset[str]]]] = {}
        for cube in cubes:
            spans = sentences(cube)
            rows = vectors.get(cube.id)
            if rows is None or len(rows) != len(spans):
                continue
            near = np.clip(rows @ asked, 0.0, 1.0)
            held[cube.node] = [
                (start, end, float(value), frozenset(self.analyser.terms(cube.text[start:end])))
                for (start, end), value in zip(spans, near, strict=True)
            ]
        weight = rarity(
            self.analyser.terms(question), [said for one in held.values() for *_, said in one]
        )
        whole = sum(weight.values()) or 1.0
        return {
            node: [
                (start, end, value)
                for start, end, close, said in one
                if (value := (close + sum(w for t, w in weight.items() if t in said) / whole) / 2)
                > 0
            ]
            for node, one in held.items()
        }

    def close(self) -> None:
        """Let go of the index files."""
        self.index.close()
