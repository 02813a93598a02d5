"""Text of an activation that was made elsewhere: taken in by its records, or refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..graph.errors import Conflict, Refused
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.scope import Where
from ..graph.staleness import missing_sources
from .outcome import AsText
from .steering import Steering

if TYPE_CHECKING:
    from ..graph.record import Version
    from ..graph.scope import Scope
    from ..injection.activation.manifest import Manifest
    from ..injection.local_model import LocalModel


class ActivationText(Steering):
    """The way back from a KV cache to text."""

    def text_of(self, file: str | Path, *, model: str | None = None, reason: str = "") -> AsText:
        """Make text of a KV cache that another memory kept, by a change set with lineage (`transform`).

        `file` is its manifest (`NAME.json` beside the tensors), `model` a model on this machine whose tokenizer
        numbers its tokens. Every record that it was made of must be in force here, by the digest of its
        payload: only then, and in the words that it has here, does it become text. The same cache becomes one
        text. Raises `Refused` where a record is not here, and for what names none.
        """
        from ..injection.activation_text import as_text, claimed, name_of, quoted
        from ..injection.standing import Standing

        manifest = claimed(Path(file))
        reader = self._local(self.engine(model)).model
        told = self._spelt(manifest, reader)
        scope = self.scope()
        cubes = self._told_of(scope, manifest)
        quotes = quoted(told, cubes)
        node = name_of(self.store(), self.namespace, manifest).id
        why = reason or "a KV cache from elsewhere, as text"
        asked, change = as_text(self.store(), scope, manifest, quotes, why), None
        try:
            change = self._done(asked, node).change
        except Conflict:
            if not Standing(self.store(), self.scope).usable(node):
                raise
        text = "\n".join(quote.text for quote in quotes)
        return AsText(change, node, text, tuple(cube.node for cube in cubes))

    def _spelt(self, manifest: Manifest, reader: LocalModel) -> str:
        if manifest.fingerprint.tokenizer != reader.tokenizer:
            raise Refused(
                f"the activation is of {manifest.fingerprint.weights}, and its tokens are numbered in another way than "
                f"those of '{reader.name}': name that model with --model"
            )
        return reader.text(manifest.ids)

    def _told_of(self, scope: Scope, manifest: Manifest) -> list[Version]:
        """The cubes that it was made of, in its order, each in force in full."""
        pins = dict(manifest.pins)
        if not pins:
            raise Refused("the activation names no record that it was made of: ingest its text")
        digests = tuple(sorted(set(pins.values())))
        found = {
            version.payload.digest: version
            for version in all_found(self.store(), scope, Where(payloads=digests))
            if version.kind is NodeKind.MEMCUBE and version.payload is not None
        }
        lost = missing_sources(self.store(), scope, sorted(one.node for one in found.values()))
        for node, digest in pins.items():
            held = found.get(digest)
            if held is None or not held.text or lost[held.node]:
                raise Refused(
                    f"the activation tells cube {node} (payload {digest[:12]}…), and no record in force here has it: "
                    "bring the record back or take that store in, else ingest the text and make the cache anew with "
                    "`memcubes inject --form kv`"
                )
        return [found[digest] for digest in dict.fromkeys(pins.values())]
