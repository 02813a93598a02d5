"""Encoding: which encoder a namespace is searched with, and how that is changed without a mixed answer."""

from __future__ import annotations

from collections.abc import Callable

from ..graph.change import ChangeSet, Close, Open, Selector
from ..graph.errors import NotFound, PermissionDenied
from ..graph.instant import now
from ..graph.kind import Authority, NodeKind, Verb
from ..graph.record import Author, Version
from ..graph.scope import Access
from .outcome import Outcome
from .session import Session

Progress = Callable[[int, int], None]


class Encoding(Session):
    """Change the encoder, and derive anew what search rests on."""

    def use_encoder(
        self, name: str, reason: str = "", *, progress: Progress | None = None
    ) -> Outcome | None:
        """Search with another encoder from now on; None where it is the one already.

        Its vectors are made first, from the change feed, while the old ones answer; the old encoder
        need not be installed any more. The switch is one change of the namespace's node (only an owner
        may), so every process sees it at the same sequence; then what was committed meanwhile is
        caught up with, and the old vectors go. Broken off before the switch, nothing has changed, and
        the next try goes on where it was; broken off after it, the next removes what is left.
        """
        from ..graph.index.encoders import load_encoder
        from .retrieval import described, encoded

        store, scope = self.store(writing=True), self.scope()
        user = self.settings.user
        if store.rights(self.namespace, user).access is not Access.OWNER:
            raise PermissionDenied(
                f"only an owner of '{self.namespace}' changes its encoder, and '{user}' is none"
            )
        wanted, home = load_encoder(name), self._home()
        fresh = encoded(store, wanted)
        try:
            if home.get("encoder_fingerprint") == wanted.fingerprint:
                fresh.forget_others(self.namespace, self._former(home))
                return None
            fresh.refresh(self.namespace, progress)
            author = Author(self.namespace, home.origin, Authority.ASSERTED, now())
            header = {**(home.content or {}), **described(name)}
            change = ChangeSet(
                self.namespace,
                Verb.REVISE,
                (
                    Close(Selector(ids=(home.id,))),
                    Open(author.version(NodeKind.NAMESPACE, home.node, header, key=home.key)),
                ),
                reason=reason or f"search with {name}",
                note={"targets": [home.node]},
                expects=(home.id,),
                base_seq=scope.seq,
            )
            done = self._done(change, home.node)
            fresh.forget_others(self.namespace, self._former(home))
        finally:
            fresh.close()
        return done

    def _former(self, home: Version) -> set[str]:
        """The fingerprints of the encoders that the namespace was ever searched with."""
        told = self.store().history(self.scope(), home.node)
        return {str(one.get("encoder_fingerprint")) for one in told} - {"None"}

    def rebuild(self, *, progress: Progress | None = None) -> int:
        """Derive terms and vectors of this namespace anew, and give the sequence they are complete to."""
        retrieval = self.retrieval
        retrieval.index.forget(self.namespace)
        retrieval.refresh(progress)
        return self.store().watermark(self.namespace, retrieval.encoder.fingerprint)

    def _home(self) -> Version:
        node = self.store().name(self.namespace, NodeKind.NAMESPACE, self.namespace).id
        for version in self.store().get(self.scope(), [node]):
            return version
        raise NotFound(f"there is no namespace '{self.namespace}' here")
