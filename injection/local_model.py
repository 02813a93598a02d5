"""Any causal language model of Hugging Face on this machine, in fp32, through transformers."""

from __future__ import annotations

import hashlib
import inspect
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..graph.errors import Invalid, ModelMissing
from .language_model import Message, check_chat
from .model_files import SHIPPED, ModelFiles, quiet

_MARK = re.compile("\ue000([0-9]+)\ue001")
_ANCHORS = "\n", ".", "x"


class LocalModel:
    """Runs SmolLM2-135M-Instruct, or a model by its folder or Hugging Face name, on the CPU.

    Weights are safetensors only, code that comes with a model is never run, and nothing is fetched.
    A prompt is the template's frame and the messages' texts tokenised apart: no text can spell a
    control token, and a frame's tokens do not depend on the text beside it. Reading 350 tokens takes
    SmolLM2 about a second on one thread, writing 16 another.

    >>> LocalModel().fingerprint
    'smollm2@0.1.2/b179c9523d0e/fp32'
    >>> model = LocalModel("./my-model")  # loads at the first use, or raises ModelMissing then
    """

    def __init__(self, name_or_path: str = SHIPPED) -> None:
        self.name = name_or_path
        self._files = ModelFiles(name_or_path)
        self._lock = threading.RLock()

    @property
    def fingerprint(self) -> str:
        """Name, digest and number format of the weights."""
        with self._lock:
            return self._files.fingerprint

    @property
    def prepared(self) -> bool:
        """Whether the first use does without converting the shipped model (20 s)."""
        return self._files.prepared

    def prepare(self) -> Path:
        """Convert the shipped model now; the folder that is loaded from."""
        with self._lock:
            return self._files.folder

    @cached_property
    def context(self) -> int:
        """Positions that the model was made for; no limit where its config states none."""
        with self._lock:
            return int(getattr(self._network.config, "max_position_embeddings", 0) or 2**31)

    def count(self, text: str) -> int:
        """Tokens of a text inside a message; loads the tokenizer and not the weights."""
        return len(self.ids(text))

    def ids(self, text: str) -> list[int]:
        """Token ids of a text, control tokens in it read as plain text.

        A text is cut inside each token that was added to the vocabulary, flagged as special or not
        (Qwen's `<tool_call>`), and its parts are tokenised apart: the characters stay, the token does not
        come about. One of a single character, which nothing can cut, is read as it is.
        """
        with self._lock:
            _, added = self._added
            cuts = [0, *(found.start() + 1 for found in added.finditer(text)), len(text)]
            parts = [text[start:end] for start, end in pairwise(cuts)]
            return [token for place, part in enumerate(parts) for token in self._plain(part, place)]

    @cached_property
    def control(self) -> tuple[str, ...]:
        """How the tokens are spelt that say where turns and tools begin and end: for texts that a server tokenises.

        Those that are flagged as special, and of the others that were added to the vocabulary those with a bracket
        or a bar: words and runs of spaces are none.
        """
        with self._lock:
            added = self._tokenizer.added_tokens_decoder.values()
            marks = set("<>[]{}|｜＜＞")
            found = {str(one) for one in added if one.special or marks & set(str(one))}
        return tuple(sorted(one for one in found if len(one.strip()) > 1))

    def _plain(self, part: str, place: int) -> list[int]:
        found = self._encoded(part)
        for before in _ANCHORS if place and part else ():
            # a sentencepiece tokenizer begins each text with a space, which a part does not have
            anchor, anchored = self._encoded(before), self._encoded(before + part)
            if anchored[: len(anchor)] == anchor:
                found = anchored[len(anchor) :]
                break
        added, _ = self._added
        if len(part) > 1 and not added.isdisjoint(found):
            # what a normalizer made of the text spells a token that the text itself does not
            middle = len(part) // 2
            return self._plain(part[:middle], place) + self._plain(part[middle:], place + 1)
        return found

    def _encoded(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(
            text, add_special_tokens=False, split_special_tokens=True
        )
        return found

    @cached_property
    def _added(self) -> tuple[frozenset[int], re.Pattern[str]]:
        """The tokens that no text may hold, and where one begins in a text."""
        unknown = self._tokenizer.unk_token_id
        known = {
            place: str(token)
            for place, token in self._tokenizer.added_tokens_decoder.items()
            if len(str(token)) > 1
        }
        spelt = sorted(known.values())
        # looked at and not matched, so that tokens that overlap are all found
        begins = "|".join(f"{re.escape(text[0])}(?={re.escape(text[1:])})" for text in spelt)
        return frozenset(known) - {unknown}, re.compile(begins or r"(?!)")

    def segments(self, messages: Sequence[Message]) -> list[list[int]]:
        """The chat as token ids: frame, text, frame, …, text, frame that opens the model's turn.

        Raises `Invalid` for a model without a chat template, or whose template drops a message.
        """
        texts = [message.text.strip() for message in messages]
        parts = _MARK.split(self._framed(messages))
        with self._lock:
            return [
                self.ids(texts[int(part)])
                if place % 2
                else self._tokenizer.encode(part, add_special_tokens=False)
                for place, part in enumerate(parts)
            ]

    def _framed(self, messages: Sequence[Message]) -> str:
        """The template's text with a mark in the place of each message."""
        if not self._tokenizer.chat_template:
            raise Invalid(f"'{self.name}' has no chat template: name a model made for chats")
        from jinja2 import TemplateError

        turns = [
            {"role": message.role, "content": f"\ue000{place}\ue001"}
            for place, message in enumerate(messages)
        ]
        for chat in (turns, _without_system(turns)):
            try:
                text: str = self._tokenizer.apply_chat_template(
                    chat, tokenize=False, add_generation_prompt=True
                )
            except (TemplateError, TypeError, ValueError):  # a role that it does not know
                continue
            if sorted(map(int, _MARK.findall(text))) == list(range(len(messages))):
                return text
        raise Invalid(f"the chat template of '{self.name}' cannot hold these messages")

    def forward(self, ids: Sequence[int], past: Any = None) -> tuple[Any, Any]:
        """Read tokens after those that the KV cache `past` stands for.

        Gives the logits of the last token, float32 of shape (vocabulary,), and the cache grown by
        `ids`. `past` itself is the cache that grows: attach a copy to keep it.
        """
        import torch

        with self._lock, torch.inference_mode():
            read = self._network(
                input_ids=torch.tensor([list(ids)]),
                use_cache=True,
                **{self._past: past},
                **self._last_only,
            )
        return read.logits[0, -1], read["cache" if "cache" in read else "past_key_values"]

    @cached_property
    def tokenizer(self) -> str:
        """SHA-256 of how the tokenizer turns text into ids; loads it and not the weights."""
        with self._lock:
            backend = getattr(self._tokenizer, "backend_tokenizer", None)
            rules = (
                backend.to_str()
                if backend is not None
                else repr(sorted(self._tokenizer.get_vocab().items()))
            )
        return hashlib.sha256(rules.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def stops(self) -> frozenset[int]:
        """The tokens that end the model's turn."""
        with self._lock:
            return self._stops

    def text(self, ids: Sequence[int]) -> str:
        """What token ids spell, control tokens left out."""
        with self._lock:
            spelt: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return spelt

    def chat(self, messages: Sequence[Message], *, most_tokens: int) -> str:
        """The likeliest token after each, until the model ends its turn or the limit is reached."""
        prompt = [token for segment in self.segments(messages) for token in segment]
        check_chat(messages, len(prompt), most_tokens, self.context)
        written: list[int] = []
        with self._lock:
            logits, past = self.forward(prompt)
            while (token := int(logits.argmax())) not in self._stops:
                written.append(token)
                if len(written) == most_tokens:
                    break
                logits, past = self.forward([token], past)
            return self.text(written).strip()

    @cached_property
    def _tokenizer(self) -> Any:
        with self._lock, quiet():
            from transformers import AutoTokenizer

            return self._load(AutoTokenizer)

    @cached_property
    def _network(self) -> Any:
        with self._lock, quiet():
            import torch
            from transformers import AutoModelForCausalLM

            network = self._load(AutoModelForCausalLM, dtype=torch.float32, use_safetensors=True)
        return network.eval()

    def _load(self, what: Any, **settings: Any) -> Any:
        folder = self._files.folder
        try:
            return what.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, **settings
            )
        except Exception as error:
            # The library raises a dozen types for one thing: it is not there, or not whole.
            raise ModelMissing(f"cannot load the language model '{self.name}': {error}") from error

    @cached_property
    def _past(self) -> str:
        """What the model calls the KV cache that it goes on from: transformers 5.24 renamed it."""
        known = inspect.signature(self._network.forward).parameters
        return "cache" if "cache" in known else "past_key_values"

    @cached_property
    def _last_only(self) -> dict[str, int]:
        """Most models compute the logits of the last token alone when told so."""
        known = inspect.signature(self._network.forward).parameters
        return {"logits_to_keep": 1} if "logits_to_keep" in known else {}

    @cached_property
    def _stops(self) -> frozenset[int]:
        """The tokens that end a turn, wherever the model's files name them."""
        found: set[int] = set()
        for holder in (self._network.generation_config, self._network.config, self._tokenizer):
            named = getattr(holder, "eos_token_id", None)
            found.update(named if isinstance(named, list) else [] if named is None else [named])
        return frozenset(found)


def _without_system(turns: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The same turns for a template that knows no system role: it opens the first user turn."""
    system = [turn["content"] for turn in turns if turn["role"] == "system"]
    others = [dict(turn) for turn in turns if turn["role"] != "system"]
    for turn in others:
        if turn["role"] == "user":
            turn["content"] = "\n\n".join([*system, turn["content"]])
            break
    return others
