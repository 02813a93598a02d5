"""InferenceEngine: whatever carries out a plan, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from ...graph.errors import Invalid
from ..plan import Form, InjectionPlan


@dataclass(frozen=True, slots=True)
class Generation:
    """What an engine wrote for a plan, and how it came to it.

    `model` is the one that answered, `form` what the plan was carried out as and `reason` why.
    `prompt_tokens` were given, of which `kept_tokens` were not read anew, as the engine or server reports
    them; `written_tokens` came back. Seconds run from the call on, retries included; where nothing was
    written `seconds_to_first` are all of them. `split` is the token at which a prompt was read in two steps
    (0: in one), `artefact` the id of the cache or adapter that was used, `receipt` that of the receipt which
    was written before, and `note` what else is to be known.

    >>> Generation("Ann.", "qwen", Form.PROMPT, "no model was named", 40, 32, 2).kept
    0.8
    """

    text: str
    model: str
    form: Form
    reason: str
    prompt_tokens: int
    kept_tokens: int = 0
    written_tokens: int = 0
    seconds_to_first: float = 0.0
    seconds: float = 0.0
    split: int = 0
    artefact: str = ""
    receipt: str = ""
    note: str = ""

    @property
    def kept(self) -> float:
        """The share of the prompt that was not read anew."""
        return self.kept_tokens / self.prompt_tokens if self.prompt_tokens else 0.0


class Stream(Iterator[str]):
    """The pieces of an answer as they come; after the last one `generation` tells the rest.

    `text` is what has come so far, also when the answer breaks off. An answer that is not wanted to its end
    is closed: by `close()`, by a `with` block, or with the last reference to it.

    >>> def pieces():
    ...     yield "Ann "
    ...     yield "signed."
    ...     return Generation("Ann signed.", "echo", Form.PROMPT, "", 3, 0, 2)
    >>> stream = Stream(pieces())
    >>> list(stream), stream.generation.written_tokens
    (['Ann ', 'signed.'], 2)
    """

    def __init__(
        self,
        pieces: Generator[str, None, Generation],
        reading: Callable[[], InjectionPlan] | None = None,
    ) -> None:
        self._pieces, self._reading = pieces, reading
        self._generation: Generation | None = None
        self.text = ""

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> str:
        try:
            piece = next(self._pieces)
        except StopIteration as end:
            if end.value is not None:
                self._generation = end.value
            raise StopIteration from None
        self.text += piece
        return piece

    @property
    def generation(self) -> Generation:
        """What was written and how; `Invalid` before the stream has been read to its end."""
        if self._generation is None:
            raise Invalid("the answer has not been read to its end: read the stream first")
        return self._generation

    def begin(self) -> InjectionPlan | None:
        """Have the prompt read, before anything is written: the plan as it was carried out.

        None where the engine is elsewhere, and reads with its first piece.
        """
        return self._reading() if self._reading is not None else None

    def finish(self) -> Generation:
        """Read what is left, and give the whole."""
        for _ in self:
            pass
        return self.generation

    def close(self) -> None:
        """Give up the rest of the answer; what the engine holds for it is let go."""
        self._pieces.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@runtime_checkable
class InferenceEngine(Protocol):
    """Carries out plans, greedily: the likeliest token after each, so that equal plans give equal texts.

    Both ways raise `Invalid` for what the model cannot read or write, `Refused` for adapters that the engine
    cannot take, `ModelMissing` where there is no such model, `ModelFailed` where it gives nothing to use.
    """

    @property
    def name(self) -> str:
        """What settings call the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Another one wherever the same plan could be continued in another way."""
        ...

    @property
    def context(self) -> int:
        """Tokens that a prompt and its continuation may have together; 2**31 where nobody states a limit."""
        ...

    def count(self, text: str) -> int:
        """Tokens of a text that stands in a prompt."""
        ...

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """The whole answer, of at most `most_tokens` tokens."""
        ...

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """The same answer piece by piece: the pieces joined are `generation.text`."""
        ...


def check_most(most_tokens: int) -> None:
    """Raise `Invalid` for a number of tokens that no model writes.

    >>> check_most(1)
    """
    if most_tokens < 1:
        raise Invalid(f"a model writes a positive number of tokens, not {most_tokens}")
