"""Extracting: which extractor reads passages: the rules of a language, or a language model of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..graph.errors import MemcubesError, ModelFailed
from ..ingest.completion import Completion, Reply
from ..ingest.extraction import Extractor
from ..ingest.extractors import extractor_for
from ..ingest.language_reader import Cost, LanguageReader

if TYPE_CHECKING:
    from ..injection.language_model import LanguageModel
    from .settings import Settings

MOST_WRITTEN = 1_500
"""Tokens that a local model may write about one passage."""


class ExtractorChoice:
    """Gives the extractor for a language, as the settings have it, and keeps what models cost.

    >>> from .settings import Settings
    >>> ExtractorChoice(Settings(db="sqlite:///:memory:"))("sw").name
    'neutral'
    """

    def __init__(self, settings: Settings) -> None:
        self._completion = completion(settings)
        self._readers: dict[str, LanguageReader] = {}

    def __call__(self, language: str) -> Extractor:
        """The extractor for a language code; raises `Invalid` where the settings name none."""
        base = extractor_for(language)
        if self._completion is None:
            return base
        if base.fingerprint not in self._readers:
            self._readers[base.fingerprint] = LanguageReader(self._completion, base)
        return self._readers[base.fingerprint]

    def cost(self) -> str:
        """What models were asked since this was last told, in words; empty where that is nothing."""
        spent = [
            reader.cost
            for reader in self._readers.values()
            if reader.cost.calls or reader.cost.failed
        ]
        for reader in self._readers.values():
            reader.cost = Cost()
        if not spent or self._completion is None:
            return ""
        parts = ("calls", "repeated", "failed", "prompt_tokens", "completion_tokens")
        whole = Cost(*(sum(getattr(cost, part) for cost in spent) for part in parts))
        return f"read by the model '{self._completion.name}': {whole}"


def completion(settings: Settings) -> Completion | None:
    """The model that reads passages; None where rules do."""
    if settings.extractor == "rules":
        return None
    if settings.extractor_url:
        from ..ingest.endpoint import Endpoint

        return Endpoint(
            settings.extractor_url,
            settings.extractor_model,
            key=settings.extractor_key.get_secret_value(),
        )
    from ..injection.language_models import language_model

    return LocalCompletion(language_model(settings.extractor_model or settings.model))


class LocalCompletion:
    """A language model on this machine as one that is asked to read; it is not held to the schema."""

    parallel = 1

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.name, self.fingerprint = model.name, model.fingerprint

    def complete(self, system: str, question: str, schema: Mapping[str, Any]) -> Reply:
        """See `Completion.complete`."""
        import json

        from ..injection.language_model import Message

        form = json.dumps(schema, ensure_ascii=False)
        chat = [Message("system", f"{system}\nForm: {form}"), Message("user", question)]
        try:
            text = self._model.chat(chat, most_tokens=MOST_WRITTEN)
        except MemcubesError as error:
            raise ModelFailed(f"the model '{self.name}' gave nothing: {error}") from error
        read = sum(self._model.count(message.text) for message in chat)
        return Reply(text, read, self._model.count(text))
